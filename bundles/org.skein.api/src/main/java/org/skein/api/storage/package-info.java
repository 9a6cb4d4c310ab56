/**
 * Repositories. All answer with a stage and never block the caller; a stage that fails does so with
 * {@link org.skein.api.storage.StorageException}. Stages complete on a thread of the storage: who keeps state on an event loop goes
 * back to it.
 */
@Export
@Version("1.0.0")
package org.skein.api.storage;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
