package org.skein.adhoc.internal;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.skein.cluster.api.NodeId;

/** Sees to it that what another node requests happens at most once, should the request come twice. */
final class Requested<T> {
    private static final int REMEMBERED = 20_000;

    private record Key(NodeId from, UUID id) {}

    private record Running<T>(CompletableFuture<T> answer, Cancelling cancelling) {}

    private final T again;
    private final Map<Key, Running<T>> running = new HashMap<>(); // guarded by this
    private final Map<Key, Boolean> over = new LinkedHashMap<>() { // guarded by this
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Key, Boolean> eldest) {
                    return size() > REMEMBERED;
                }
            };

    /** @param again answers a request that was carried out before */
    Requested(T again) {
        this.again = again;
    }

    CompletionStage<T> once(NodeId from, UUID id, Function<Cancelling, CompletionStage<T>> run) {
        Key key = new Key(from, id);
        Cancelling cancelling = new Cancelling();
        CompletableFuture<T> answer = new CompletableFuture<>();
        synchronized (this) {
            Running<T> same = running.get(key);
            if (same != null) return same.answer();
            if (over.containsKey(key)) return CompletableFuture.completedFuture(again);
            running.put(key, new Running<>(answer, cancelling));
        }
        run.apply(cancelling).whenComplete((value, failure) -> {
            synchronized (this) {
                running.remove(key);
                over.put(key, true);
            }
            if (failure == null) answer.complete(value);
            else answer.completeExceptionally(failure);
        });
        return answer;
    }

    /** Nobody waits for it any more. */
    void cancel(NodeId from, UUID id) {
        Running<T> wanted;
        synchronized (this) {
            wanted = running.get(new Key(from, id));
        }
        if (wanted != null) wanted.cancelling().cancel();
    }
}
