package org.skein.api.storage;

/** The database could not do what was asked: it is down, too slow, full, or refused. The same call may work later. */
public class StorageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StorageException(String message, Throwable cause) {
        super(message, cause);
    }

    public StorageException(String message) {
        super(message);
    }
}
