package org.skein.cluster.strategy.directory.internal;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.skein.cluster.api.NodeId;
import org.skein.xmpp.Jid;

/** An account asked about, and who waits. Guarded by the directory's lock, except what goes with the request. */
final class LookUp {
    final Jid account;

    /** Asked before the request went out: any answer to it will do. */
    final List<CompletableFuture<List<NodeId>>> before = new ArrayList<>(1);

    /** Asked since: only an answer about which this node is kept up to date will do. Null if nobody did. */
    CompletableFuture<List<NodeId>> since;

    final Set<NodeId> tried = new HashSet<>(2);

    /** What who is asked has told of changes meanwhile, which may be on its way after or before the answer. Null: nothing. */
    Frames.Change change;

    /** Who is asked. */
    volatile Link link;

    /** The request is being made: set before {@link #standing} is read. */
    volatile boolean sent;

    /** As it was when the request was made. */
    volatile Standing standing;

    LookUp(Jid account) {
        this.account = account;
    }

    CompletableFuture<List<NodeId>> join() {
        if (!sent) return before.get(0);
        if (since == null) since = new CompletableFuture<>();
        return since;
    }

    void ask(Link next) {
        if (since != null) before.add(since);
        since = null;
        change = null;
        standing = null;
        sent = false;
        tried.add(next.id);
        link = next;
    }
}
