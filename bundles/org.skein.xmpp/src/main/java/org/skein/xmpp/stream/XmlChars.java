package org.skein.xmpp.stream;

/** What XML 1.0 says about single characters. */
final class XmlChars {
    /** Bit set in {@link #NAME}: may begin a name. */
    static final byte NAME_START = 1;
    /** Bit set in {@link #NAME}: may stand in a name. */
    static final byte NAME_CHAR = 2;

    /** Of each ASCII character, what it may do in a name without colons. */
    static final byte[] NAME = new byte[128];
    /** Of each ASCII character, whether text must stop to look at it. */
    static final boolean[] TEXT_STOP = new boolean[128];
    /** Of each ASCII character, whether an attribute value must stop to look at it. */
    static final boolean[] VALUE_STOP = new boolean[128];

    static {
        for (int c = 0; c < 128; c++) {
            boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_';
            boolean other = c >= '0' && c <= '9' || c == '-' || c == '.';
            NAME[c] = letter ? NAME_START | NAME_CHAR : other ? NAME_CHAR : 0;
            boolean control = c < ' ';
            TEXT_STOP[c] = control && c != '\t' && c != '\n' || c == '<' || c == '&' || c == '>';
            VALUE_STOP[c] = control || c == '<' || c == '&' || c == '\'' || c == '"';
        }
    }

    private XmlChars() {}

    static boolean isSpace(int b) {
        return b == ' ' || b == '\n' || b == '\t' || b == '\r';
    }

    /** The production Char. */
    static boolean isChar(int c) {
        return c >= 0x20 && c < 0xD800
                || c == '\t'
                || c == '\n'
                || c == '\r'
                || c >= 0xE000 && c < 0xFFFE
                || c >= 0x10000 && c <= 0x10FFFF;
    }
}
