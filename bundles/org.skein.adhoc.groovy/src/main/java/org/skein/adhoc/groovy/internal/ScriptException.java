package org.skein.adhoc.groovy.internal;

/** What is wrong with a script, and in which line; 0 if no line can be named. */
final class ScriptException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int line;

    ScriptException(int line, String reason) {
        super(reason);
        this.line = line;
    }

    int line() {
        return line;
    }

    /** One line for people. */
    String of(String file) {
        return "script " + file + (line > 0 ? " line " + line : "") + ": " + getMessage();
    }
}
