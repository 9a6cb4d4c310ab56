package org.skein.testkit.storage;

/** All contracts of storage; what a test class of an implementation implements. */
public interface AllStorageContracts
        extends AccountRepositoryContract,
                RosterRepositoryContract,
                BlockListRepositoryContract,
                XmlStoreContract,
                LastActivityRepositoryContract,
                SpoolContract,
                SharedFilesContract {}
