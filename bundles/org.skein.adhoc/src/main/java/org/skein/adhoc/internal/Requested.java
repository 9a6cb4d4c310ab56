package org.skein.adhoc.internal;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.skein.adhoc.internal.Answer.Outcome;
import org.skein.adhoc.internal.Answer.Share;
import org.skein.adhoc.internal.Answer.State;
import org.skein.api.command.CommandException.Kind;
import org.skein.api.command.Result;
import org.skein.cluster.api.NodeId;

/** Sees to it that what another node requests happens at most once, should the request come twice. */
final class Requested {
    private static final int REMEMBERED = 20_000;

    private record Key(NodeId from, UUID id) {}

    private final Map<Key, CompletionStage<Share>> running = new HashMap<>(); // guarded by this
    private final Map<Key, Boolean> over = new LinkedHashMap<>() { // guarded by this
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Key, Boolean> eldest) {
                    return size() > REMEMBERED;
                }
            };

    CompletionStage<Share> once(NodeId from, UUID id, Supplier<CompletionStage<Share>> run) {
        Key key = new Key(from, id);
        CompletableFuture<Share> share = new CompletableFuture<>();
        synchronized (this) {
            CompletionStage<Share> same = running.get(key);
            if (same != null) return same;
            if (over.containsKey(key)) return CompletableFuture.completedFuture(done());
            running.put(key, share);
        }
        run.get().whenComplete((value, failure) -> {
            synchronized (this) {
                running.remove(key);
                over.put(key, true);
            }
            if (failure == null) share.complete(value);
            else share.completeExceptionally(failure);
        });
        return share;
    }

    private static Share done() {
        return new Share(
                new Outcome("", State.FAILED, Optional.of(Kind.CONFLICT), "this request was carried out before"),
                Result.text(""));
    }
}
