package org.skein.xmpp;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A growing array of bytes that XML is written into, as UTF-8. Belongs to one thread; {@link #clear} makes it fit for
 * the next use. Writing escapes what XML needs escaped; characters that XML 1.0 forbids become U+FFFD.
 */
public final class XmlBuffer {
    private static final byte[] AMP = ascii("&amp;");
    private static final byte[] LT = ascii("&lt;");
    private static final byte[] GT = ascii("&gt;");
    private static final byte[] APOS = ascii("&apos;");
    private static final byte[] TAB = ascii("&#9;");
    private static final byte[] NEWLINE = ascii("&#10;");
    private static final byte[] RETURN = ascii("&#13;");

    private byte[] bytes;
    private int length;

    public XmlBuffer(int initialCapacity) {
        bytes = new byte[Math.max(16, initialCapacity)];
    }

    private static byte[] ascii(String s) {
        return s.getBytes(StandardCharsets.US_ASCII);
    }

    public int length() {
        return length;
    }

    /** The array written into; valid from 0 to {@link #length}, until the next write. */
    public byte[] array() {
        return bytes;
    }

    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, length);
    }

    public XmlBuffer clear() {
        length = 0;
        return this;
    }

    private void reserve(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }

    /** Bytes that are well-formed XML already. */
    public XmlBuffer raw(byte[] xml) {
        return raw(xml, 0, xml.length);
    }

    public XmlBuffer raw(byte[] xml, int from, int count) {
        reserve(count);
        System.arraycopy(xml, from, bytes, length, count);
        length += count;
        return this;
    }

    /** Text that is well-formed XML already. */
    public XmlBuffer raw(String xml) {
        int n = xml.length();
        reserve(n);
        byte[] b = bytes;
        int at = length;
        for (int i = 0; i < n; i++) {
            char c = xml.charAt(i);
            if (c >= 0x80) {
                length = at;
                return raw(xml.substring(i).getBytes(StandardCharsets.UTF_8));
            }
            b[at++] = (byte) c;
        }
        length = at;
        return this;
    }

    private void raw(int b) {
        reserve(1);
        bytes[length++] = (byte) b;
    }

    /** Character data, escaped for element content. */
    public XmlBuffer text(String text) {
        return escaped(text, false);
    }

    /** {@code name='value'} with a blank before it. */
    public XmlBuffer attribute(String name, String value) {
        raw(' ');
        raw(name);
        raw('=');
        raw('\'');
        escaped(value, true);
        raw('\'');
        return this;
    }

    private XmlBuffer escaped(String s, boolean inAttribute) {
        int n = s.length();
        reserve(n);
        for (int i = 0; i < n; i++) {
            char c = s.charAt(i);
            switch (c) {
                case '&' -> raw(AMP);
                case '<' -> raw(LT);
                case '>' -> raw(GT);
                case '\r' -> raw(RETURN);
                case '\'' -> {
                    if (inAttribute) raw(APOS);
                    else raw('\'');
                }
                case '\t' -> {
                    if (inAttribute) raw(TAB);
                    else raw('\t');
                }
                case '\n' -> {
                    if (inAttribute) raw(NEWLINE);
                    else raw('\n');
                }
                default -> {
                    if (c < 0x80) {
                        if (c < 0x20) i = beyondAscii(s, i, '\uFFFD');
                        else raw(c);
                    } else {
                        i = beyondAscii(s, i, c);
                    }
                }
            }
        }
        return this;
    }

    private int beyondAscii(String s, int i, char c) {
        reserve(4);
        if (c < 0x800) {
            bytes[length++] = (byte) (0xC0 | c >> 6);
            bytes[length++] = (byte) (0x80 | c & 0x3F);
            return i;
        }
        if (Character.isHighSurrogate(c) && i + 1 < s.length() && Character.isLowSurrogate(s.charAt(i + 1))) {
            int cp = Character.toCodePoint(c, s.charAt(i + 1));
            bytes[length++] = (byte) (0xF0 | cp >> 18);
            bytes[length++] = (byte) (0x80 | cp >> 12 & 0x3F);
            bytes[length++] = (byte) (0x80 | cp >> 6 & 0x3F);
            bytes[length++] = (byte) (0x80 | cp & 0x3F);
            return i + 1;
        }
        int cp = Character.isSurrogate(c) || c >= 0xFFFE ? 0xFFFD : c;
        bytes[length++] = (byte) (0xE0 | cp >> 12);
        bytes[length++] = (byte) (0x80 | cp >> 6 & 0x3F);
        bytes[length++] = (byte) (0x80 | cp & 0x3F);
        return i;
    }

    /** The element with all its content. {@code defaultNamespace} is the default namespace where it will stand. */
    public XmlBuffer element(Element e, String defaultNamespace) {
        raw('<');
        raw(e.name());
        if (!e.namespace().equals(defaultNamespace)) {
            attribute("xmlns", e.namespace());
        }
        for (int i = 0; i < e.attributeCount(); i++) {
            Attribute a = e.attributeAt(i);
            if (a.namespace().isEmpty()) {
                attribute(a.name(), a.value());
            } else if (a.namespace().equals(Ns.XML)) {
                attribute("xml:" + a.name(), a.value());
            } else {
                attribute("xmlns:a" + i, a.namespace());
                attribute("a" + i + ":" + a.name(), a.value());
            }
        }
        if (e.contentCount() == 0) {
            return raw("/>");
        }
        raw('>');
        for (int i = 0; i < e.contentCount(); i++) {
            Object o = e.contentAt(i);
            if (o instanceof Element child) {
                element(child, e.namespace());
            } else {
                text((String) o);
            }
        }
        raw("</").raw(e.name());
        raw('>');
        return this;
    }

    @Override
    public String toString() {
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
}
