package org.skein.cluster.strategy.online.internal;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.skein.cluster.strategy.online.internal.Frame.Answer;
import org.skein.cluster.strategy.online.internal.Frame.Chunk;
import org.skein.cluster.strategy.online.internal.Frame.Digests;
import org.skein.cluster.strategy.online.internal.Frame.Hello;
import org.skein.cluster.strategy.online.internal.Frame.Told;
import org.skein.cluster.strategy.online.internal.Frame.Update;
import org.skein.xmpp.Jid;

/**
 * The bytes between two nodes, version 1. Numbers (n) are unsigned LEB128; texts and presences stand behind their length;
 * runs and digests are 8 bytes, most significant first.
 *
 * <pre>
 * hello    1 1 run hears digests
 * update   1 2 run to  n told…  n chunk…  digests
 * answer   1 3 kind run  n bucket(n)…  after
 *
 * told     jid (0 | 1 presence)
 * chunk    bucket(n) after  n (jid presence)…  (0 | 1 digest)
 * after    full JID, or the empty text
 * digests  first(n) n  a bit for each that is not 0, lowest first  those digests
 * </pre>
 *
 * What is read is checked in full; whatever is wrong with it is an {@link IllegalArgumentException}.
 */
final class Codec {
    private static final int VERSION = 1;
    private static final int HELLO = 1;
    private static final int UPDATE = 2;
    private static final int ANSWER = 3;

    // Bytes they take at least.
    private static final int LEAST_SESSION = 5;
    private static final int LEAST_CHUNK = 4;

    private Codec() {}

    static byte[] write(Frame frame) {
        if (frame instanceof Hello h) {
            return new Writer(HELLO)
                    .run(h.run())
                    .run(h.hears())
                    .digests(h.digests())
                    .done();
        }
        Update u = (Update) frame;
        Writer w = new Writer(UPDATE);
        return w.run(u.run())
                .run(u.to())
                .all(u.changes(), w::told)
                .all(u.chunks(), w::chunk)
                .digests(u.digests())
                .done();
    }

    static byte[] write(Answer a) {
        Writer w = new Writer(ANSWER);
        w.octet(a.kind().ordinal());
        return w.run(a.run()).all(a.wants(), w::number).after(a.after()).done();
    }

    static Frame readFrame(byte[] bytes) {
        Reader r = new Reader(bytes);
        Frame frame = switch (r.type()) {
            case HELLO -> new Hello(r.run(), r.fixed(), r.digests());
            case UPDATE ->
                new Update(
                        r.run(), r.fixed(), r.all(LEAST_SESSION, r::told), r.all(LEAST_CHUNK, r::chunk), r.digests());
            default -> throw new IllegalArgumentException("no frame: type " + bytes[1]);
        };
        r.end();
        if (frame instanceof Hello h && (h.digests().first() != 0 || h.digests().values().length != Buckets.COUNT)) {
            throw new IllegalArgumentException("a hello without all digests");
        }
        return frame;
    }

    static Answer readAnswer(byte[] bytes) {
        Reader r = new Reader(bytes);
        if (r.type() != ANSWER) throw new IllegalArgumentException("no answer: type " + bytes[1]);
        int kind = r.octet();
        if (kind >= Answer.Kind.ALL.length) throw new IllegalArgumentException("no kind of answer: " + kind);
        Answer answer = new Answer(Answer.Kind.ALL[kind], r.run(), r.all(1, r::bucket), r.after());
        r.end();
        return answer;
    }

    /** How many bytes it takes in a frame, at most. */
    static int size(Told told) {
        return 7
                + Bytes.utf8Length(told.session().toString())
                + told.presence().map(p -> p.length).orElse(0);
    }

    static int size(Chunk chunk) {
        int size =
                24 + chunk.after().map(jid -> Bytes.utf8Length(jid.toString())).orElse(0);
        for (Told t : chunk.sessions()) size += size(t);
        return size;
    }

    private static final class Writer extends Bytes.Writer {
        Writer(int type) {
            octet(VERSION);
            octet(type);
        }

        private Writer run(long run) {
            fixed(run);
            return this;
        }

        private <T> Writer all(List<T> items, Consumer<T> item) {
            number(items.size());
            items.forEach(item);
            return this;
        }

        private Writer after(Optional<Jid> jid) {
            text(jid.map(Jid::toString).orElse(""));
            return this;
        }

        private void told(Told t) {
            text(t.session().toString());
            octet(t.presence().isPresent() ? 1 : 0);
            t.presence().ifPresent(this::bytes);
        }

        private void there(Told t) {
            text(t.session().toString());
            bytes(t.presence().orElse(PresenceXml.NONE));
        }

        private void chunk(Chunk c) {
            number(c.bucket());
            after(c.after()).all(c.sessions(), this::there);
            octet(c.last() ? 1 : 0);
            if (c.last()) fixed(c.digest());
        }

        private Writer digests(Digests d) {
            long[] values = d.values();
            number(d.first());
            number(values.length);
            for (int i = 0; i < values.length; i += 8) {
                int bits = 0;
                for (int j = i; j < Math.min(i + 8, values.length); j++) {
                    if (values[j] != 0) bits |= 1 << j - i;
                }
                octet(bits);
            }
            for (long value : values) {
                if (value != 0) fixed(value);
            }
            return this;
        }
    }

    private static final class Reader extends Bytes.Reader {
        Reader(byte[] bytes) {
            super(bytes);
        }

        private int type() {
            int version = octet();
            if (version != VERSION) throw new IllegalArgumentException("version " + version);
            return octet();
        }

        private long run() {
            long run = fixed();
            if (run == 0) throw new IllegalArgumentException("run 0");
            return run;
        }

        private Jid jid() {
            Jid jid = Jid.of(text());
            if (!jid.isFull()) throw new IllegalArgumentException("no session: " + jid);
            return jid;
        }

        private Optional<Jid> after() {
            String text = text();
            if (text.isEmpty()) return Optional.empty();
            Jid jid = Jid.of(text);
            if (!jid.isFull()) throw new IllegalArgumentException("no session: " + jid);
            return Optional.of(jid);
        }

        private int bucket() {
            int bucket = number();
            if (bucket >= Buckets.COUNT) throw new IllegalArgumentException("no bucket: " + bucket);
            return bucket;
        }

        private Told told() {
            return new Told(jid(), flag() ? Optional.of(bytes()) : Optional.empty());
        }

        private Told there() {
            return new Told(jid(), Optional.of(bytes()));
        }

        private Chunk chunk() {
            int bucket = bucket();
            Optional<Jid> after = after();
            List<Told> sessions = all(LEAST_SESSION, this::there);
            for (Told t : sessions) {
                if (Buckets.of(t.session().bare().toString()) != bucket) {
                    throw new IllegalArgumentException(t.session() + " is not of bucket " + bucket);
                }
            }
            boolean last = flag();
            if (!last && sessions.isEmpty()) throw new IllegalArgumentException("a chunk with nothing in it");
            return new Chunk(bucket, after, sessions, last, last ? fixed() : 0);
        }

        private Digests digests() {
            int first = number();
            int n = number();
            if (first > Buckets.COUNT || n > Buckets.COUNT - first) {
                throw new IllegalArgumentException("digests of no buckets: " + first + ", " + n);
            }
            byte[] bits = new byte[(n + 7) / 8];
            for (int i = 0; i < bits.length; i++) bits[i] = (byte) octet();
            long[] values = new long[n];
            for (int i = 0; i < n; i++) {
                if ((bits[i / 8] >> i % 8 & 1) != 0) values[i] = fixed();
            }
            return new Digests(first, values);
        }
    }
}
