package org.skein.adhoc.internal.bundles;

import java.util.Optional;
import java.util.Set;

/** The shared bundles in the framework of this node. May block; not called from two threads at once. */
interface NodeBundles {
    /** Those that were put there as shared ones. */
    Set<String> names();

    /** SHA-256 of the jar that is there, and was started well; empty if there is none, or less than that is known. */
    Optional<String> checksum(String name);

    /** False if it is to run and does not: not of one that was stopped by hand. */
    boolean isAsItShouldBe(String name);

    /** Of what is there. */
    Optional<String> version(String name);

    /** The jar of the checksum told. */
    Optional<byte[]> content(String name);

    /**
     * Installs or replaces it, starts it, and sees whether it and the node are well. After a problem what is there is
     * neither the old nor the new: to be put or removed.
     *
     * @return what is worth knowing of it, or nothing
     */
    String put(String name, byte[] jar, String sha256) throws BundleProblem;

    /** Uninstalls it, if it is there, and sees whether the node is well. */
    void remove(String name) throws BundleProblem;
}
