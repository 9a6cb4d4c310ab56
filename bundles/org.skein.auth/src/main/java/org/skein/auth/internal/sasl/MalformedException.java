package org.skein.auth.internal.sasl;

/** A client's message does not follow the syntax of its mechanism; the text is for people. Carries no stack trace. */
final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedException(String text) {
        super(text, null, false, false);
    }
}
