package org.skein.api.storage;

/**
 * The database refused a write, for this life of the node is not in the view any more ({@link WriteFence}). Others act
 * for it now; the same call never works again.
 */
public final class FencedException extends StorageException {
    private static final long serialVersionUID = 1L;

    public FencedException(String message) {
        super(message);
    }
}
