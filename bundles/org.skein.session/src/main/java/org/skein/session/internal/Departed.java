package org.skein.session.internal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.skein.xmpp.Jid;

/** Who has no session here any more, but of whose messages some are not safe yet: what he sends next comes behind them. */
final class Departed {
    private static final CompletionStage<Void> NOTHING = CompletableFuture.completedFuture(null);

    private final ConcurrentHashMap<Jid, CompletionStage<Void>> open = new ConcurrentHashMap<>();

    /** @param sent completes when all that a session sent is safe */
    void add(Jid full, CompletionStage<Void> sent) {
        CompletionStage<Void> all = open.merge(full, sent, (a, b) -> a.thenCombine(b, (x, y) -> null));
        all.thenRun(() -> open.remove(full, all));
    }

    boolean contains(Jid full) {
        return open.containsKey(full);
    }

    /** Completes when all that was sent from here under this address is safe. */
    CompletionStage<Void> allSafe(Jid full) {
        return open.getOrDefault(full, NOTHING);
    }
}
