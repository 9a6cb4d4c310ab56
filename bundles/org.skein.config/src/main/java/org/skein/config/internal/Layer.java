package org.skein.config.internal;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** Values by PID and key. Not thread-safe: built, then only read. */
final class Layer {
    private final Map<String, Map<String, Value>> pids = new TreeMap<>();

    void put(String pid, String key, Value value) {
        pids.computeIfAbsent(pid, p -> new TreeMap<>()).put(key, value);
    }

    /** Lets a stronger layer cover this one, key by key. */
    void cover(Layer stronger) {
        stronger.forEach((pid, values) -> values.forEach((key, value) -> put(pid, key, value)));
    }

    Map<String, Value> values(String pid) {
        return pids.getOrDefault(pid, Map.of());
    }

    void forEach(BiConsumer<String, Map<String, Value>> action) {
        pids.forEach(action);
    }
}
