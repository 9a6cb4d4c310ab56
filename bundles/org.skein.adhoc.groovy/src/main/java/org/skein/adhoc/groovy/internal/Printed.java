package org.skein.adhoc.groovy.internal;

import java.io.Writer;

/** What a script prints, as far as anybody will read it: a script that never stops printing does not fill the memory. */
final class Printed extends Writer {
    static final int MOST = 1024 * 1024;

    private final StringBuilder text = new StringBuilder();
    private boolean isCut;

    @Override
    public synchronized void write(char[] chars, int from, int count) {
        int room = Math.min(count, MOST - text.length());
        text.append(chars, from, room);
        isCut |= room < count;
    }

    @Override
    public void flush() {
        // it is there
    }

    @Override
    public void close() {
        // nothing is held
    }

    /** Without line breaks at the end. */
    synchronized String text() {
        return text.toString().stripTrailing() + (isCut ? "…" : "");
    }
}
