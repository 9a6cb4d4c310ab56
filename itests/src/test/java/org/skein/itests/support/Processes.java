package org.skein.itests.support;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Every process a test starts; none outlives the tests, however they end. */
public final class Processes {
    private static final Set<ProcessHandle> ALIVE = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> ALIVE.forEach(Processes::destroyTree), "end-started-processes"));
    }

    private Processes() {}

    public static void guard(ProcessHandle process) {
        ALIVE.add(process);
        process.onExit().thenRun(() -> ALIVE.remove(process));
    }

    private static void destroyTree(ProcessHandle process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
