/**
 * Storage for tests: all repositories in memory ({@link org.skein.testkit.storage.InMemoryStorage}), a real database
 * server, and the contract that every implementation of {@code org.skein.api.storage} keeps, as interfaces of tests to
 * implement in a test class.
 */
@Export
@Version("1.0.0")
package org.skein.testkit.storage;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
