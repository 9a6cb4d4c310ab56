package org.skein.cluster.core.internal;

import java.time.Duration;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.skein.cluster.api.membership.LocalNode;

/** What operators see of this node in the table of nodes. Asked about once a second, by one thread. */
final class NodeFigures implements Supplier<LocalNode.Figures> {
    private final IntSupplier sessions;
    private final Supplier<String> strategy;
    private long lastAsked = System.nanoTime();
    private Duration lastCpu = cpu();
    private volatile double cpuShare;

    NodeFigures(IntSupplier sessions, Supplier<String> strategy) {
        this.sessions = sessions;
        this.strategy = strategy;
    }

    @Override
    public synchronized LocalNode.Figures get() {
        long now = System.nanoTime();
        Duration cpu = cpu();
        long elapsed = now - lastAsked;
        if (elapsed > Duration.ofMillis(200).toNanos()) {
            double used = cpu.minus(lastCpu).toNanos();
            cpuShare = clamp(used / elapsed / Runtime.getRuntime().availableProcessors());
            lastAsked = now;
            lastCpu = cpu;
        }
        Runtime runtime = Runtime.getRuntime();
        double memory = clamp((double) (runtime.totalMemory() - runtime.freeMemory()) / runtime.maxMemory());
        return new LocalNode.Figures(cpuShare, memory, sessions.getAsInt(), strategy.get());
    }

    private static double clamp(double share) {
        return Math.max(0, Math.min(1, share));
    }

    private static Duration cpu() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    }
}
