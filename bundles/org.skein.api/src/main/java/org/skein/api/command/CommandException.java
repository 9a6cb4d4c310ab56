package org.skein.api.command;

/** A command cannot be done; the text is for the one who asked. */
public final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Why. */
    public enum Kind {
        BAD_INPUT,
        NOT_FOUND,
        CONFLICT,
        FORBIDDEN,
        /** Not now; later perhaps. */
        UNAVAILABLE
    }

    private final Kind kind;

    public CommandException(Kind kind, String text) {
        super(text);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
