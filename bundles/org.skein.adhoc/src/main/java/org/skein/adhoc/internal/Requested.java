package org.skein.adhoc.internal;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
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

    private record Running(CompletableFuture<Share> share, Cancelling cancelling) {}

    private final Map<Key, Running> running = new HashMap<>(); // guarded by this
    private final Map<Key, Boolean> over = new LinkedHashMap<>() { // guarded by this
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Key, Boolean> eldest) {
                    return size() > REMEMBERED;
                }
            };

    CompletionStage<Share> once(NodeId from, UUID id, Function<Cancelling, CompletionStage<Share>> run) {
        Key key = new Key(from, id);
        Cancelling cancelling = new Cancelling();
        CompletableFuture<Share> share = new CompletableFuture<>();
        synchronized (this) {
            Running same = running.get(key);
            if (same != null) return same.share();
            if (over.containsKey(key)) return CompletableFuture.completedFuture(done());
            running.put(key, new Running(share, cancelling));
        }
        run.apply(cancelling).whenComplete((value, failure) -> {
            synchronized (this) {
                running.remove(key);
                over.put(key, true);
            }
            if (failure == null) share.complete(value);
            else share.completeExceptionally(failure);
        });
        return share;
    }

    /** Nobody waits for it any more. */
    void cancel(NodeId from, UUID id) {
        Running wanted;
        synchronized (this) {
            wanted = running.get(new Key(from, id));
        }
        if (wanted != null) wanted.cancelling().cancel();
    }

    private static Share done() {
        return new Share(
                new Outcome("", State.FAILED, Optional.of(Kind.CONFLICT), "this request was carried out before"),
                Result.text(""));
    }
}
