package org.skein.cluster.strategy.directory.internal;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.skein.cluster.api.NodeId;
import org.skein.xmpp.Jid;

/**
 * The elements of {@link Frames}: unsigned numbers of 7 bits a byte, lowest first; texts as length and UTF-8; a node that
 * was named before in the same frame by its place among those named.
 */
final class Wire {
    private Wire() {}

    /** Grows. */
    static final class Writer {
        private final Map<NodeId, Integer> named = new HashMap<>();
        private byte[] bytes = new byte[256];
        private int size;

        int size() {
            return size;
        }

        byte[] toBytes() {
            return Arrays.copyOf(bytes, size);
        }

        private void room(int more) {
            if (size + more > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
            }
        }

        Writer octet(int b) {
            room(1);
            bytes[size++] = (byte) b;
            return this;
        }

        Writer fixed(long n) {
            room(8);
            ByteBuffer.wrap(bytes, size, 8).putLong(n);
            size += 8;
            return this;
        }

        Writer number(long n) {
            long rest = n;
            while ((rest & ~0x7FL) != 0) {
                octet((int) (rest & 0x7F | 0x80));
                rest >>>= 7;
            }
            return octet((int) rest);
        }

        Writer text(String s) {
            byte[] utf8 = s.getBytes(StandardCharsets.UTF_8);
            number(utf8.length);
            room(utf8.length);
            System.arraycopy(utf8, 0, bytes, size, utf8.length);
            size += utf8.length;
            return this;
        }

        Writer jid(Jid bare) {
            return text(bare.toString());
        }

        Writer node(NodeId id) {
            Integer place = named.putIfAbsent(id, named.size());
            if (place != null) return number(place);
            number(named.size() - 1L);
            return text(id.name()).number(id.incarnation());
        }

        Writer nodes(List<NodeId> ids) {
            number(ids.size());
            ids.forEach(this::node);
            return this;
        }
    }

    /** Throws {@link IllegalArgumentException} at whatever is not as it should be. */
    static final class Reader {
        private final List<NodeId> named = new ArrayList<>();
        private final ByteBuffer in;

        Reader(byte[] bytes) {
            in = ByteBuffer.wrap(bytes);
        }

        int octet() {
            need(1);
            return in.get() & 0xFF;
        }

        long fixed() {
            need(8);
            return in.getLong();
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

        boolean hasMore() {
            return in.hasRemaining();
        }

        /** How many follow: each takes a byte at least, so it cannot be more than what is left. */
        private int count(long n) {
            if (n < 0 || n > in.remaining()) throw new IllegalArgumentException("count " + n);
            return (int) n;
        }

        String text() {
            int length = count(number());
            ByteBuffer slice = in.slice().limit(length);
            in.position(in.position() + length);
            try {
                return StandardCharsets.UTF_8.newDecoder().decode(slice).toString();
            } catch (CharacterCodingException e) {
                throw new IllegalArgumentException("no UTF-8", e);
            }
        }

        Jid jid() {
            Jid jid = Jid.of(text());
            if (!jid.isBare()) throw new IllegalArgumentException("not bare: " + jid);
            return jid;
        }

        NodeId node() {
            long place = number();
            if (place == named.size()) {
                named.add(new NodeId(text(), number()));
            } else if (place < 0 || place > named.size()) {
                throw new IllegalArgumentException("node " + place);
            }
            return named.get((int) place);
        }

        List<NodeId> nodes(long count) {
            int n = count(count);
            List<NodeId> ids = new ArrayList<>();
            for (int i = 0; i < n; i++) ids.add(node());
            return ids;
        }

        void end() {
            if (in.hasRemaining()) throw new IllegalArgumentException(in.remaining() + " bytes too many");
        }

        private void need(int bytes) {
            if (in.remaining() < bytes) throw new IllegalArgumentException("cut off");
        }
    }
}
