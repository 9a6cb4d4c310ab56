package org.skein.api.storage;

import org.osgi.annotation.versioning.ConsumerType;

/** Whether the database answers. Any thread; at once. */
@ConsumerType
public interface StorageStatus {
    /** False while the database is known not to answer: callers may refuse politely without trying. */
    boolean isAvailable();

    /** For people: product, address without password, pool in use, last error. */
    String description();
}
