package org.skein.storage.jdbc.internal;

import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import org.skein.api.storage.StorageException;

/**
 * Sees to it that every call is answered in time. All calls have the same timeout, so the order they came in is the
 * order they are due in, and a queue is enough.
 */
final class Deadlines {
    private record Call(CompletableFuture<?> answer, long beganNanos) {}

    private final Queue<Call> calls = new ConcurrentLinkedQueue<>();
    private final long timeoutNanos;
    private final LongAdder failed;

    Deadlines(long timeoutNanos, LongAdder failed) {
        this.failed = failed;
        this.timeoutNanos = timeoutNanos;
    }

    void add(CompletableFuture<?> answer, long nowNanos) {
        calls.add(new Call(answer, nowNanos));
    }

    boolean isEmpty() {
        return calls.isEmpty();
    }

    /** Fails what is due. @return how long the oldest of the others has waited */
    long expire(long nowNanos) {
        for (Call oldest = calls.peek(); oldest != null; oldest = calls.peek()) {
            long age = nowNanos - oldest.beganNanos();
            if (!oldest.answer().isDone()) {
                if (age < timeoutNanos) return age;
                fail(oldest, new StorageException("no answer from the database for " + age / 1_000_000 + " ms"));
            }
            calls.remove(oldest);
        }
        return 0;
    }

    void failAll(String reason) {
        for (Call call = calls.poll(); call != null; call = calls.poll()) {
            if (!call.answer().isDone()) fail(call, new StorageException(reason));
        }
    }

    private void fail(Call call, StorageException reason) {
        failed.increment();
        call.answer().completeExceptionally(reason);
    }
}
