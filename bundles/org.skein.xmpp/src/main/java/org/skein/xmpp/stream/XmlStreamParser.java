package org.skein.xmpp.stream;

import java.util.Arrays;
import java.util.Objects;
import org.skein.xmpp.Element;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StreamError;
import org.skein.xmpp.stream.ElementReader.Expect;
import org.skein.xmpp.stream.ElementReader.Outcome;

/**
 * An incremental parser of one XML stream. Between two first-level elements it holds no buffer, so that an idle stream
 * costs a few bytes. Not thread-safe.
 *
 * <p>An element that is complete in what was fed is read in place. Of one that is not, the bytes are kept until the rest
 * has come; errors are found with the tag or text they are in, not only at the end of the element.
 *
 * <p>Errors are those of RFC 6120 §4.9.3: {@code not-well-formed}; {@code restricted-xml} (§11.1: comments, processing
 * instructions, DTDs, entities other than the predefined ones); {@code unsupported-encoding}; {@code policy-violation}
 * where a limit is exceeded; and of the stream header {@code bad-format}, {@code invalid-namespace} and
 * {@code bad-namespace-prefix}.
 */
public final class XmlStreamParser {
    /**
     * What a stream may contain; exceeding a limit is a stream error ({@code policy-violation}). 0 is no limit, except
     * that of depth, since trees are written recursively: it is 1000 at most.
     *
     * @param maxStanzaBytes of a first-level element or the header, with its tags
     * @param maxDepth of elements; a stanza is at depth 1
     * @param maxAttributes of one element, and prefixes bound at a time
     */
    public record Limits(int maxStanzaBytes, int maxDepth, int maxAttributes, int maxNameBytes) {
        private static final int DEEPEST = 1000;

        /** Before login (DESIGN §8): 8 KiB. */
        public static final Limits BEFORE_LOGIN = new Limits(8 * 1024, 16, 32, 256);
        /** After login: 256 KiB. */
        public static final Limits AFTER_LOGIN = new Limits(256 * 1024, 64, 128, 1024);

        public Limits {
            if (maxStanzaBytes < 0 || maxDepth < 0 || maxAttributes < 0 || maxNameBytes < 0) {
                throw new IllegalArgumentException("a limit is negative");
            }
            if (maxStanzaBytes == 0) maxStanzaBytes = Integer.MAX_VALUE;
            if (maxDepth == 0 || maxDepth > DEEPEST) maxDepth = DEEPEST;
            if (maxAttributes == 0) maxAttributes = Integer.MAX_VALUE;
            if (maxNameBytes == 0) maxNameBytes = Integer.MAX_VALUE;
        }
    }

    /** Where in the stream we are. From top to bottom, and back to the first two by {@link #reset}. */
    private enum Phase {
        /** Nothing was read: a byte order mark may come. */
        BYTE_ORDER_MARK,
        /** An XML declaration may come. */
        DECLARATION,
        /** The stream header must come. */
        HEADER,
        /** Elements, blanks and the end tag may come. */
        ELEMENTS,
        /** The stream was closed or broke a rule. */
        ENDED
    }

    /** An element that is not complete yet. */
    private static final class Pending {
        private final ElementReader reader;
        private final TokenScanner scanner = new TokenScanner();
        private byte[] bytes;
        private int length;

        Pending(ElementReader reader, byte[] data, int from, int to) {
            this.reader = reader;
            bytes = new byte[Math.max(64, (to - from) * 2)];
            append(data, from, to);
            scanAgain();
        }

        void append(byte[] data, int from, int to) {
            int n = to - from;
            if (bytes.length - length < n) bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + n));
            System.arraycopy(data, from, bytes, length, n);
            length += n;
        }

        /** Brings the scanner to the end of what is there, from the beginning of the token that is cut. */
        void scanAgain() {
            scanner.restart();
            int at = reader.tokenStart();
            while (at >= 0 && at < length) {
                at = scanner.scan(bytes, at, length);
            }
        }
    }

    private static final StreamContext BEFORE_HEADER = StreamContext.alone("");

    private static final int[] MARK = {0xEF, 0xBB, 0xBF};

    private final StreamSink sink;
    private Limits limits;
    private StreamContext context = BEFORE_HEADER;
    private Phase phase = Phase.BYTE_ORDER_MARK;
    private byte markBytes; // of the byte order mark, read so far
    private boolean stopped;
    private Pending pending; // null between elements

    public XmlStreamParser(StreamSink sink, Limits limits) {
        this.sink = Objects.requireNonNull(sink, "sink");
        this.limits = Objects.requireNonNull(limits, "limits");
    }

    /** Sets limits that hold from the next element on; for the size, from now on. */
    public void limits(Limits limits) {
        this.limits = Objects.requireNonNull(limits, "limits");
    }

    /** Forgets all that was read: what comes next is a new stream header (RFC 6120 §4.3.3). */
    public void reset() {
        phase = Phase.DECLARATION;
        context = BEFORE_HEADER;
        pending = null;
    }

    /**
     * Reads {@code length} bytes of {@code data} from {@code offset}; all of them, unless the sink calls {@link #stop}.
     * After the stream was closed or broke a rule they are ignored.
     *
     * @return how many bytes were read
     */
    public int feed(byte[] data, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, data.length);
        stopped = false;
        int end = offset + length;
        int i = offset;
        while (i < end && !stopped && phase != Phase.ENDED) {
            i = pending != null ? goOn(data, i, end) : next(data, i, end);
        }
        return phase == Phase.ENDED && !stopped ? length : i - offset;
    }

    /**
     * Called by the sink while being told something: {@link #feed} returns after the current element, and what follows
     * it in the array is left to the caller (discarded after {@code <starttls/>}, kept while reading is paused).
     */
    public void stop() {
        stopped = true;
    }

    /** Bytes of an incomplete element that are held now; for tests. */
    int retainedBytes() {
        return pending == null ? 0 : pending.bytes.length;
    }

    /** Reads what stands between elements, and begins on the next element. */
    private int next(byte[] data, int from, int end) {
        int i = from;
        if (phase == Phase.BYTE_ORDER_MARK) {
            int b = data[i] & 0xFF;
            if (b == MARK[markBytes]) {
                if (++markBytes == MARK.length) phase = Phase.DECLARATION;
                return i + 1;
            }
            if (markBytes > 0) return fail(XmlFault.malformed("text before the stream header"), end);
            if (b >= 0xFE || b == 0) {
                return fail(new XmlFault(StreamError.Condition.UNSUPPORTED_ENCODING, "only UTF-8 is supported"), end);
            }
            phase = XmlChars.isSpace(b) ? Phase.HEADER : Phase.DECLARATION;
        }
        while (XmlChars.isSpace(data[i])) {
            if (++i == end) return i;
        }
        if (data[i] != '<') {
            return fail(
                    phase == Phase.ELEMENTS
                            ? new XmlFault(StreamError.Condition.BAD_FORMAT, "text between stanzas")
                            : XmlFault.malformed("text before the stream header"),
                    end);
        }
        int max = limits.maxStanzaBytes();
        int limit = end - i > max ? i + max : end;
        ThreadCaches caches = ThreadCaches.ofThread();
        ElementReader reader = caches.reader();
        try {
            Outcome outcome = reader.begin(caches, expectation(), context, limits, data, i, limit);
            if (outcome != Outcome.INCOMPLETE) {
                int after = reader.end();
                caches.release(reader); // before the sink, which may keep the thread busy with other streams
                deliver(outcome, reader);
                return after;
            }
            if (limit < end) throw tooLong();
        } catch (XmlFault fault) {
            return fail(fault, end);
        }
        pending = new Pending(reader, data, i, end);
        return end;
    }

    private Expect expectation() {
        return switch (phase) {
            case DECLARATION -> Expect.DECLARATION_OR_HEADER;
            case HEADER -> Expect.HEADER;
            default -> Expect.ELEMENT;
        };
    }

    /** Goes on with the pending element. */
    private int goOn(byte[] data, int from, int end) {
        Pending p = pending;
        int i = from;
        try {
            while (i < end) {
                int room = Math.max(0, limits.maxStanzaBytes() - p.length);
                int limit = end - i > room ? i + room : end;
                int token = p.scanner.scan(data, i, limit);
                if (token < 0) {
                    if (limit < end) throw tooLong();
                    p.append(data, i, end);
                    return end;
                }
                p.append(data, i, token);
                i = token;
                ThreadCaches caches = ThreadCaches.ofThread();
                Outcome outcome = p.reader.resume(caches, p.bytes, p.length);
                if (outcome != Outcome.INCOMPLETE) {
                    pending = null;
                    caches.release(p.reader);
                    deliver(outcome, p.reader);
                    return i;
                }
                p.scanAgain();
            }
            return i;
        } catch (XmlFault fault) {
            return fail(fault, end);
        }
    }

    private XmlFault tooLong() {
        return XmlFault.policy("an element is longer than " + limits.maxStanzaBytes() + " bytes");
    }

    private int fail(XmlFault fault, int end) {
        pending = null;
        phase = Phase.ENDED;
        sink.streamError(fault.error());
        return end;
    }

    private void deliver(Outcome outcome, ElementReader reader) {
        Element element = reader.element();
        switch (outcome) {
            case DECLARATION -> phase = Phase.HEADER;
            case HEADER -> {
                context = reader.opened();
                boolean isEmpty = reader.headerIsEmpty();
                phase = isEmpty ? Phase.ENDED : Phase.ELEMENTS;
                sink.streamOpened(element, context.defaultNamespace());
                if (isEmpty) sink.streamClosed();
            }
            case STREAM_END -> {
                phase = Phase.ENDED;
                sink.streamClosed();
            }
            default -> {
                Stanza stanza = reader.stanza();
                boolean isStanza = reader.isStanza();
                if (stanza != null) {
                    sink.stanza(stanza);
                } else if (isStanza) {
                    sink.malformedAddress(element);
                } else {
                    sink.nonza(element);
                }
            }
        }
    }
}
