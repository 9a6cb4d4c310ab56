package org.skein.api.auth;

/** Why an account could not be made or changed; the message is fit for an operator's eyes. */
public final class AccountException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The cause in one word. */
    public enum Reason {
        /** The account is there already. */
        EXISTS,
        /** There is no such account. */
        NOT_FOUND,
        /** The domain of the address is not a virtual host here. */
        UNKNOWN_HOST,
        /** The address is no bare JID with a local part, or the password is empty or not allowed (RFC 8265). */
        INVALID
    }

    private final Reason reason;

    public AccountException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
