package org.skein.cluster.strategy.online.internal;

/**
 * How sessions are spread over buckets by their account, and what two nodes compare of a bucket: its digest, the sum of
 * the hashes of its sessions, in whatever order they came. The same on every node; part of the wire format.
 */
final class Buckets {
    static final int COUNT = 1024;

    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private Buckets() {}

    /** @param account the text of a bare JID */
    static int of(String account) {
        int h = account.hashCode(); // as the language defines it: no chance of another node's
        return (h ^ h >>> 16) & COUNT - 1;
    }

    /** What a session adds to its bucket's digest: FNV-1a over address and presence, mixed so that sums tell them apart. */
    static long hash(String account, String resource, byte[] presence) {
        long h = text(text(FNV_OFFSET, account) * FNV_PRIME, resource) * FNV_PRIME;
        h = mix(bytes(h, presence));
        return h == 0 ? 1 : h; // a session is never nothing
    }

    private static long text(long hash, String s) {
        long h = hash;
        for (int i = 0; i < s.length(); i++) {
            h = (h ^ s.charAt(i)) * FNV_PRIME;
        }
        return h;
    }

    private static long bytes(long hash, byte[] bytes) {
        long h = hash;
        for (byte b : bytes) {
            h = (h ^ b & 0xFF) * FNV_PRIME;
        }
        return h;
    }

    static long hash(byte[] bytes) {
        return mix(bytes(FNV_OFFSET, bytes));
    }

    private static long mix(long hash) {
        long h = (hash ^ hash >>> 33) * 0xff51afd7ed558ccdL;
        h = (h ^ h >>> 33) * 0xc4ceb9fe1a85ec53L;
        return h ^ h >>> 33;
    }
}
