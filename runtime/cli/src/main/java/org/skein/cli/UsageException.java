package org.skein.cli;

/** The operator asked for something that cannot be; nothing was done. Ends with exit status 2. */
final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
