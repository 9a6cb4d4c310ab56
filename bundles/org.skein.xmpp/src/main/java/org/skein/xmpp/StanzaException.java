package org.skein.xmpp;

/** Thrown, or given to a stage, where a stanza is to be answered with an error. Carries no stack trace. */
public final class StanzaException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient StanzaError error;

    public StanzaException(StanzaError error) {
        super(
                error.condition().elementName() + (error.text().isEmpty() ? "" : ": " + error.text()),
                null,
                false,
                false);
        this.error = error;
    }

    public StanzaException(StanzaError.Condition condition) {
        this(condition.error());
    }

    public StanzaException(StanzaError.Condition condition, String text) {
        this(condition.error(text));
    }

    public StanzaError error() {
        return error;
    }
}
