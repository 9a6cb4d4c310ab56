package org.skein.xmpp.stream;

import org.skein.xmpp.Jid;

/** What reading costs less with, of each thread: readers that are free, symbols, and the addresses met last. */
final class ThreadCaches {
    private static final ThreadLocal<ThreadCaches> OF_THREAD = ThreadLocal.withInitial(ThreadCaches::new);
    private static final int JIDS = 64;
    private static final int READERS = 8;

    final Symbols symbols = new Symbols();
    private final Jid[] jids = new Jid[JIDS];
    private final String[] jidTexts = new String[JIDS];
    private final ElementReader[] readers = new ElementReader[READERS];
    private int free;

    private ThreadCaches() {}

    static ThreadCaches ofThread() {
        return OF_THREAD.get();
    }

    /** A reader for one element. One that read it all is {@link #release}d, one that found a fault is left. */
    ElementReader reader() {
        return free == 0 ? new ElementReader() : readers[--free];
    }

    void release(ElementReader reader) {
        if (free < READERS) readers[free++] = reader;
    }

    /** The address, or null if it is none. Conversations repeat their addresses. */
    Jid jid(String text) {
        int hash = text.hashCode();
        int at = (hash ^ hash >>> 6 ^ hash >>> 12) & JIDS - 1;
        if (text.equals(jidTexts[at])) return jids[at];
        Jid made;
        try {
            made = Jid.of(text);
        } catch (IllegalArgumentException notAnAddress) {
            return null;
        }
        jidTexts[at] = text;
        jids[at] = made;
        return made;
    }
}
