package org.skein.itests.support;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Cuts the bytes of a stream into its elements. Everything it looks at is ASCII. */
public final class ElementCutter {
    private final ByteArrayOutputStream arrived = new ByteArrayOutputStream();
    private byte[] bytes = new byte[0];
    private int at; // looked at so far
    private int start; // of the element that is open
    private int depth;
    private int blanks;
    private boolean closed;

    public void add(byte[] more, int length) {
        arrived.write(more, 0, length);
        bytes = arrived.toByteArray();
    }

    public void restart() {
        depth = 0;
    }

    public int blanks() {
        return blanks;
    }

    public boolean isClosed() {
        return closed;
    }

    /** The next whole element, or null. */
    public String next() {
        while (at < bytes.length) {
            if (bytes[at] != '<') {
                if (depth == 0) {
                    blanks++;
                }
                at++;
                continue;
            }
            int end = tagEnd();
            if (end < 0) {
                return null;
            }
            String tag = new String(bytes, at, end - at + 1, StandardCharsets.UTF_8);
            int from = at;
            at = end + 1;
            if (tag.startsWith("<?") || tag.startsWith("<stream:stream ")) {
                continue;
            }
            if (tag.equals("</stream:stream>")) {
                closed = true;
                continue;
            }
            if (depth == 0) {
                start = from;
            }
            if (tag.startsWith("</")) {
                depth--;
            } else if (!tag.endsWith("/>")) {
                depth++;
            }
            if (depth == 0) {
                return forget(start, at);
            }
        }
        return null;
    }

    private String forget(int from, int to) {
        String cut = new String(bytes, from, to - from, StandardCharsets.UTF_8);
        byte[] rest = Arrays.copyOfRange(bytes, to, bytes.length);
        arrived.reset();
        arrived.write(rest, 0, rest.length);
        bytes = rest;
        at = 0;
        start = 0;
        return cut;
    }

    /** Where the tag that begins here ends; -1 if that has not come yet. */
    private int tagEnd() {
        byte quote = 0;
        for (int i = at; i < bytes.length; i++) {
            byte b = bytes[i];
            if (quote != 0) {
                if (b == quote) {
                    quote = 0;
                }
            } else if (b == '"' || b == '\'') {
                quote = b;
            } else if (b == '>') {
                return i;
            }
        }
        return -1;
    }

    @Override
    public String toString() {
        return "unread: " + new String(bytes, StandardCharsets.UTF_8);
    }
}
