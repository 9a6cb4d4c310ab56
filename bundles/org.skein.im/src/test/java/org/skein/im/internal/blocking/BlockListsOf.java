package org.skein.im.internal.blocking;

import org.skein.cluster.api.PeerHandler;
import org.skein.im.internal.ImServer;

/** Block lists for a server under test. */
public final class BlockListsOf {
    private BlockListsOf() {}

    /** @return hears other nodes */
    public static PeerHandler add(ImServer im) {
        BlockLists lists = im.server.add(im.lists);
        im.server.add(new BlockingFilter(lists, im.others));
        return im.server.add(new BlockingRequests(lists, im.server, im.sender));
    }
}
