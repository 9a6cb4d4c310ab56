package org.skein.xmpp.stream;

/**
 * Finds where a token (a tag, a run of text, a CDATA section) that arrives in pieces ends, looking at each byte once. It
 * judges nothing: it also says "look" where something can only be wrong, so that the reader, which does judge, finds the
 * error before the rest has come.
 */
final class TokenScanner {
    private static final int START = 0;
    private static final int TEXT = 1;
    private static final int LESS_THAN = 2;
    private static final int TAG = 3;
    private static final int DECLARATION = 4; // after <! or <?
    private static final int REFERENCE = 5;
    private static final int CHARACTER_REFERENCE = 6;
    /** {@code <![CDATA[} is decided by then, and so is {@code <?xml }. */
    private static final int LONGEST_OPENING = 9;

    private static final long LT = pack("lt");
    private static final long GT = pack("gt");
    private static final long AMP = pack("amp");
    private static final long QUOT = pack("quot");
    private static final long APOS = pack("apos");

    private int state;
    private byte quote; // in TAG and below: the quote we are inside of, or 0
    private byte opening; // what followed <
    private byte last; // in TAG, outside of quotes: the byte before
    private byte solid; // the same, the last that is no blank
    private int count; // bytes of this token in DECLARATION
    private int tail; // the last two bytes in DECLARATION
    private long name; // of the reference we are in

    private static long pack(String s) {
        long packed = 0;
        for (int i = 0; i < s.length(); i++) {
            packed = packed << 8 | s.charAt(i);
        }
        return packed;
    }

    void restart() {
        state = START;
        quote = 0;
        count = 0;
    }

    /**
     * Goes on to scan.
     *
     * @return the index after the byte at which the reader should look, or -1 if there was none before {@code end}
     */
    int scan(byte[] data, int from, int end) {
        for (int i = from; i < end; i++) {
            byte b = data[i];
            switch (state) {
                case START:
                    if (b == '<') {
                        state = LESS_THAN;
                    } else {
                        state = TEXT;
                        i--; // again, as text
                    }
                    break;
                case TEXT:
                    i = XmlChars.skipPlainText(data, i, end);
                    if (i == end) return -1;
                    b = data[i];
                    if (b >= 0 && !XmlChars.TEXT_STOP[b]) break;
                    if (b == '&') {
                        state = REFERENCE;
                        name = 0;
                    } else if (b == '<' || isHopeless(b)) {
                        return i + 1;
                    }
                    break;
                case LESS_THAN:
                    state = b == '!' || b == '?' ? DECLARATION : TAG;
                    opening = b;
                    count = 2;
                    tail = 0;
                    last = 0;
                    solid = b;
                    if (b != '/' && b >= 0 && (XmlChars.NAME[b] & XmlChars.NAME_START) == 0) return i + 1;
                    break;
                case TAG:
                    if (quote != 0) {
                        if (b >= 0 && !XmlChars.VALUE_STOP[b]) break;
                        if (b == quote) {
                            quote = 0;
                            last = b;
                        } else if (b == '&') {
                            state = REFERENCE;
                            name = 0;
                        } else if (b == '<' || isHopeless(b)) {
                            return i + 1;
                        }
                    } else if (endsOrSpoilsTag(b)) {
                        return i + 1;
                    }
                    break;
                case DECLARATION:
                    if (++count <= LONGEST_OPENING || isHopeless(b)) return i + 1;
                    if (opening == '?' ? b == '>' || b == '<' : b == '>' && tail == (']' << 8 | ']')) return i + 1;
                    tail = (tail & 0xFF) << 8 | b & 0xFF;
                    break;
                case REFERENCE:
                    if (b == ';') {
                        state = quote == 0 ? TEXT : TAG;
                        if (name != LT && name != GT && name != AMP && name != QUOT && name != APOS) return i + 1;
                    } else if (b == '#' && name == 0) {
                        state = CHARACTER_REFERENCE;
                    } else {
                        name = name << 8 | b & 0xFF;
                        if (b < 'a' || b > 'z' || name > 0xFFFFFFFFL) return i + 1;
                    }
                    break;
                default: // CHARACTER_REFERENCE
                    if (b == ';') {
                        state = quote == 0 ? TEXT : TAG;
                    } else if (b != 'x' && (b < '0' || b > '9') && (b < 'a' || b > 'f') && (b < 'A' || b > 'F')) {
                        return i + 1;
                    }
            }
        }
        return -1;
    }

    /** Takes a byte of a tag, outside of quotes; true if the tag ends with it, or is certainly wrong. */
    private boolean endsOrSpoilsTag(byte b) {
        boolean isSpace = XmlChars.isSpace(b);
        boolean isQuote = b == '\'' || b == '"';
        boolean look = b == '>'
                || b == '<'
                || b == '&'
                || isHopeless(b)
                || !isSpace && isQuote != (solid == '=')
                || isQuote && opening == '/'
                || last == '/'
                || (last == '\'' || last == '"') && !isSpace && b != '/';
        if (isQuote) quote = b;
        last = b;
        if (!isSpace) solid = b;
        return look;
    }

    /** True for bytes that are in no well-formed document, wherever they stand. */
    private static boolean isHopeless(byte b) {
        int c = b & 0xFF;
        return c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 0xC0 || c == 0xC1 || c > 0xF4;
    }
}
