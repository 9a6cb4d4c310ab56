package org.skein.api.storage;

/** A user may not store more; asking again does not help. The message names the quota. */
public final class QuotaException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public QuotaException(String message) {
        super(message);
    }
}
