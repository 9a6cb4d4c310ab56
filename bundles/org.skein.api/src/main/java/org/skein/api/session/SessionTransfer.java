package org.skein.api.session;

import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What a processor keeps in a session's slots, in bytes, so that it survives a move of the session to another node: a
 * stream resumed there (XEP-0198, CLUSTER 15). A service. Event loop; must not block.
 */
@ConsumerType
public interface SessionTransfer {
    /** Unique and fixed; the bundle of the version before and after knows it too. */
    String name();

    /** What to take along; empty for nothing. */
    Optional<byte[]> save(Session session);

    /** Puts it back, on the new node; the account's states are loaded. Bytes may be of another version: check them. */
    void restore(Session session, byte[] saved);
}
