package org.skein.cluster.strategy.online.internal;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/** Bytes written and read: numbers as unsigned LEB128, texts and other bytes behind their length. */
final class Bytes {
    private Bytes() {}

    static int utf8Length(String s) {
        int n = 0;
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            n += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
        }
        return n;
    }

    static class Writer {
        private byte[] buffer = new byte[256];
        private int length;

        private void room(int more) {
            if (length + more > buffer.length) {
                buffer = Arrays.copyOf(buffer, Math.max(length + more, 2 * buffer.length));
            }
        }

        final void octet(int b) {
            room(1);
            buffer[length++] = (byte) b;
        }

        final void number(int n) {
            int rest = n;
            while ((rest & ~0x7F) != 0) {
                octet(rest & 0x7F | 0x80);
                rest >>>= 7;
            }
            octet(rest);
        }

        /** 8 bytes, most significant first. */
        final void fixed(long n) {
            for (int shift = 56; shift >= 0; shift -= 8) octet((int) (n >>> shift));
        }

        final void bytes(byte[] b) {
            number(b.length);
            room(b.length);
            System.arraycopy(b, 0, buffer, length, b.length);
            length += b.length;
        }

        final void text(String s) {
            bytes(s.getBytes(StandardCharsets.UTF_8));
        }

        final byte[] done() {
            return Arrays.copyOf(buffer, length);
        }
    }

    /** Whatever is wrong with what is read is an {@link IllegalArgumentException}. */
    static class Reader {
        private final byte[] buffer;
        private int at;

        Reader(byte[] buffer) {
            this.buffer = buffer;
        }

        final void end() {
            if (at < buffer.length) throw new IllegalArgumentException(buffer.length - at + " bytes too many");
        }

        final int octet() {
            if (at >= buffer.length) throw new IllegalArgumentException("it ends too early");
            return buffer[at++] & 0xFF;
        }

        final boolean flag() {
            int b = octet();
            if (b > 1) throw new IllegalArgumentException("no flag: " + b);
            return b == 1;
        }

        final int number() {
            long n = 0;
            for (int shift = 0; shift < 35; shift += 7) {
                int b = octet();
                n |= (long) (b & 0x7F) << shift;
                if (b < 0x80) {
                    if (n > Integer.MAX_VALUE) break;
                    return (int) n;
                }
            }
            throw new IllegalArgumentException("number too large");
        }

        final long fixed() {
            long n = 0;
            for (int i = 0; i < 8; i++) n = n << 8 | octet();
            return n;
        }

        final byte[] bytes() {
            int n = count(1);
            at += n;
            return Arrays.copyOfRange(buffer, at - n, at);
        }

        final String text() {
            int n = count(1);
            at += n;
            return new String(buffer, at - n, n, StandardCharsets.UTF_8);
        }

        /** @param least bytes that each takes at least: a count beyond what can come is refused at once */
        final <T> List<T> all(int least, Supplier<T> item) {
            int n = count(least);
            List<T> all = new ArrayList<>(n);
            for (int i = 0; i < n; i++) all.add(item.get());
            return all;
        }

        private int count(int least) {
            int n = number();
            if (n > (buffer.length - at) / least) throw new IllegalArgumentException("count beyond the end: " + n);
            return n;
        }
    }
}
