package org.skein.xmpp.stream;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

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

    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = 0x8080808080808080L;

    private XmlChars() {}

    /** Skips, eight by eight, bytes that text need not stop at; stops early at some that it need not. */
    static int skipPlainText(byte[] data, int from, int end) {
        int i = from;
        for (; i <= end - 8; i += 8) {
            long x = (long) EIGHT.get(data, i);
            long stops = x // beyond ASCII
                    | x - ONES * ' ' // controls
                    | (x ^ ONES * '<') - ONES
                    | (x ^ ONES * '>') - ONES
                    | (x ^ ONES * '&') - ONES;
            if ((stops & HIGHS) != 0) break;
        }
        return i;
    }

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
