package org.skein.auth.internal.limit;

import java.util.LinkedHashMap;
import java.util.Map;

/** A map that forgets the entry not used for longest when it gets too large. Not thread-safe. */
final class RecentKeys<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1L;

    private final int max;

    RecentKeys(int max) {
        super(16, 0.75f, true);
        this.max = max;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > max;
    }
}
