package org.skein.api.storage;

/** What was to be changed is not of the version the change was decided on: load it again, and decide again. */
public final class ConflictException extends StorageException {
    private static final long serialVersionUID = 1L;

    public ConflictException(String message) {
        super(message);
    }
}
