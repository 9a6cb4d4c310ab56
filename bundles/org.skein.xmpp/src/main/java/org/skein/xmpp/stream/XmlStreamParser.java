package org.skein.xmpp.stream;

/**
 * An incremental parser of one XML stream. Between two first-level elements it holds no buffer, so that an idle stream
 * costs a few bytes. Not thread-safe.
 */
public final class XmlStreamParser {
    /** What a stream may contain; exceeding a limit is a stream error ({@code policy-violation}). */
    public record Limits(int maxStanzaBytes, int maxDepth, int maxAttributes, int maxNameBytes) {
        /** Before login (DESIGN §8): 8 KiB. */
        public static final Limits BEFORE_LOGIN = new Limits(8 * 1024, 16, 32, 256);
        /** After login: 256 KiB. */
        public static final Limits AFTER_LOGIN = new Limits(256 * 1024, 64, 128, 1024);
    }

    private final StreamSink sink;
    private Limits limits;

    public XmlStreamParser(StreamSink sink, Limits limits) {
        this.sink = sink;
        this.limits = limits;
    }

    public void limits(Limits limits) {
        this.limits = limits;
    }

    /** Forgets all that was read: what comes next is a new stream header (RFC 6120 §4.3.3). */
    public void reset() {
        throw new UnsupportedOperationException(sink + " " + limits);
    }

    /**
     * Reads {@code length} bytes of {@code data} from {@code offset}; all of them, unless the sink calls {@link #stop}.
     *
     * @return how many bytes were read
     */
    public int feed(byte[] data, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    /**
     * Called by the sink while being told something: {@link #feed} returns after the current element, and what follows
     * it in the array is left to the caller (discarded after {@code <starttls/>}, kept while reading is paused).
     */
    public void stop() {
        throw new UnsupportedOperationException();
    }
}
