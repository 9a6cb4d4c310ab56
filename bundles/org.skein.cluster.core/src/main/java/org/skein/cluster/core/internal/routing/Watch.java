package org.skein.cluster.core.internal.routing;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;

/**
 * Finds strategies that block the thread which called them: an event loop, mostly. Entering and leaving a call costs two
 * plain stores. Time is counted in looks, so a pause of the whole process is not taken for a strategy's.
 */
final class Watch {
    private static final Duration EVERY = Duration.ofMillis(100);
    private static final int LOOKS = 5;

    /** A call of a life that was entered at a certain look. One for all threads, so that entering allocates nothing. */
    record Call(Life life, long look) {}

    /** Of a thread: the call it is in, or null. JDK types only: such a value outlives this bundle. */
    private final ThreadLocal<AtomicReference<Object>> mine = ThreadLocal.withInitial(this::mark);

    private final Map<AtomicReference<Object>, Thread> marks = new ConcurrentHashMap<>();
    private final Clockwork clockwork;
    private final BiConsumer<Life, String> blocked;
    private volatile long look = 1;
    private volatile boolean over;

    Watch(Clockwork clockwork, BiConsumer<Life, String> blocked) {
        this.clockwork = clockwork;
        this.blocked = blocked;
        clockwork.after(EVERY, this::look);
    }

    private AtomicReference<Object> mark() {
        AtomicReference<Object> mark = new AtomicReference<>();
        marks.put(mark, Thread.currentThread());
        return mark;
    }

    void close() {
        over = true;
        marks.clear();
    }

    /** @return what the thread was in before, for {@link #exit}: a strategy may call the core, and that it again */
    Object enter(Life life) {
        AtomicReference<Object> mark = mine.get();
        Call call = life.call;
        if (call.look != look) life.call = call = new Call(life, look);
        Object before = mark.getPlain();
        mark.setRelease(call);
        return before;
    }

    void exit(Object before) {
        mine.get().setRelease(before);
    }

    private void look() {
        if (over) return;
        look++;
        marks.forEach((mark, thread) -> {
            if (!thread.isAlive()) {
                marks.remove(mark);
            } else if (mark.get() instanceof Call call && look - call.look > LOOKS) {
                blocked.accept(call.life, where(thread));
                if (mark.get() == call) thread.interrupt();
            }
        });
        clockwork.after(EVERY, this::look);
    }

    private static String where(Thread thread) {
        StackTraceElement[] stack = thread.getStackTrace();
        return thread.getName() + (stack.length == 0 ? "" : " at " + stack[0]);
    }
}
