package org.skein.itests.support;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What test classes share: made by the first that asks, closed when the JVM ends. Not in JUnit's store, whose life may be
 * that of one class, where several JVMs share the classes between them.
 */
public final class Shared {
    private static final Map<Class<?>, Object> MADE = new HashMap<>();
    private static final Deque<AutoCloseable> OPEN = new ArrayDeque<>();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(Shared::closeAll, "close-shared"));
    }

    private Shared() {}

    /** @param maker asked once; if it fails, all fail who ask */
    public static synchronized <T extends AutoCloseable> T get(Class<T> type, Supplier<T> maker) {
        Object made = MADE.get(type);
        if (made == null) {
            try {
                T fresh = maker.get();
                OPEN.push(fresh);
                made = fresh;
            } catch (RuntimeException | AssertionError e) {
                made = e;
            }
            MADE.put(type, made);
        }
        if (made instanceof Throwable failure) throw new IllegalStateException(type + " could not be made", failure);
        return type.cast(made);
    }

    private static synchronized void closeAll() {
        while (!OPEN.isEmpty()) {
            try {
                OPEN.pop().close();
            } catch (Exception | AssertionError e) { // the processes end all the same, see Processes
                System.err.println("not closed: " + e);
            }
        }
    }
}
