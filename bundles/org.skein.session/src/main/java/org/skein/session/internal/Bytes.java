package org.skein.session.internal;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.XmlBuffer;
import org.skein.xmpp.stream.ElementParser;

/** What goes to other nodes, written and read. Numbers are unsigned LEB128, texts UTF-8 behind their length. */
final class Bytes {
    private Bytes() {}

    /** Collects a message. */
    static final class Writer {
        private byte[] buffer;
        private int length;

        Writer(int type, int capacity) {
            buffer = new byte[capacity];
            octet(type);
        }

        private void room(int more) {
            if (length + more > buffer.length) {
                buffer = Arrays.copyOf(buffer, Math.max(length + more, 2 * buffer.length));
            }
        }

        Writer octet(int b) {
            room(1);
            buffer[length++] = (byte) b;
            return this;
        }

        Writer number(long n) {
            room(10);
            long rest = n;
            while ((rest & ~0x7FL) != 0) {
                buffer[length++] = (byte) (rest & 0x7F | 0x80);
                rest >>>= 7;
            }
            buffer[length++] = (byte) rest;
            return this;
        }

        Writer text(String s) {
            return bytes(s.getBytes(StandardCharsets.UTF_8));
        }

        Writer bytes(byte[] b) {
            number(b.length);
            room(b.length);
            System.arraycopy(b, 0, buffer, length, b.length);
            length += b.length;
            return this;
        }

        Writer jid(Jid jid) {
            return text(jid.toString());
        }

        Writer stanza(Stanza stanza) {
            XmlBuffer xml = new XmlBuffer(160 + stanza.payloadXml().length);
            stanza.writeTo(xml);
            return bytes(xml.toByteArray());
        }

        int size() {
            return length;
        }

        byte[] done() {
            return length == buffer.length ? buffer : Arrays.copyOf(buffer, length);
        }
    }

    /** Reads a message; whatever is wrong with it is an {@link IllegalArgumentException}. */
    static final class Reader {
        private final byte[] buffer;
        private int at;

        Reader(byte[] buffer) {
            this.buffer = buffer;
        }

        boolean hasMore() {
            return at < buffer.length;
        }

        int octet() {
            if (at >= buffer.length) throw new IllegalArgumentException("message ends too early");
            return buffer[at++] & 0xFF;
        }

        long number() {
            long n = 0;
            for (int shift = 0; shift < 64; shift += 7) {
                int b = octet();
                n |= (long) (b & 0x7F) << shift;
                if (b < 0x80) return n;
            }
            throw new IllegalArgumentException("number too long");
        }

        int count() {
            long n = number();
            if (n < 0 || n > buffer.length - at) throw new IllegalArgumentException("count beyond the message: " + n);
            return (int) n;
        }

        byte[] bytes() {
            int n = count();
            at += n;
            return Arrays.copyOfRange(buffer, at - n, at);
        }

        /** All that follows. */
        byte[] rest() {
            int from = at;
            at = buffer.length;
            return Arrays.copyOfRange(buffer, from, at);
        }

        String text() {
            int n = count();
            at += n;
            return new String(buffer, at - n, n, StandardCharsets.UTF_8);
        }

        Jid jid() {
            return Jid.of(text());
        }

        Stanza stanza() {
            return ElementParser.parseStanza(bytes());
        }
    }
}
