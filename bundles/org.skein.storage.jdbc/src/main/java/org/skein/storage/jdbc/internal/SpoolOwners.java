package org.skein.storage.jdbc.internal;

import java.util.LinkedHashMap;
import java.util.Map;
import org.skein.xmpp.Jid;

/** What a lane remembers of the owners it saw last, so that neither order nor quota costs a count of the table. */
final class SpoolOwners {
    /** One owner's rows. */
    static final class Known {
        private final byte[] id;
        private long position;
        private int rows;
        private long readNanos;
        private long refusedNanos;

        Known(byte[] id, long position, int rows, long readNanos, long refusedNanos) {
            this.id = id;
            this.position = position;
            this.rows = rows;
            this.readNanos = readNanos;
            this.refusedNanos = refusedNanos;
        }

        byte[] id() {
            return id;
        }

        int rows() {
            return rows;
        }

        /** When the rows were last counted. */
        long readNanos() {
            return readNanos;
        }

        void read(int rows, long nowNanos) {
            this.rows = rows;
            this.readNanos = nowNanos;
        }

        /** When they were last counted because there seemed to be too many. */
        long refusedNanos() {
            return refusedNanos;
        }

        void refused(long nowNanos) {
            this.refusedNanos = nowNanos;
        }

        void less(int deleted) {
            rows = Math.max(0, rows - deleted);
        }

        void atLeast(long position) {
            this.position = Math.max(this.position, position);
        }

        long next() {
            rows++;
            return ++position;
        }
    }

    private static final int MOST = 10_000;

    private final Map<Jid, Known> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Jid, Known> eldest) {
            return size() > MOST;
        }
    };

    Known get(Jid owner) {
        return known.get(owner);
    }

    void put(Jid owner, Known about) {
        known.put(owner, about);
    }

    void forget(Jid owner) {
        known.remove(owner);
    }

    void clear() {
        known.clear();
    }
}
