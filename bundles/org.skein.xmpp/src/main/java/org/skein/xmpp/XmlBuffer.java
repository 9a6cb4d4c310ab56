package org.skein.xmpp;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A growing array of bytes that XML is written into, as UTF-8. Belongs to one thread; {@link #clear} makes it fit for
 * the next use. Writing escapes what XML needs escaped; characters that XML 1.0 forbids become U+FFFD.
 */
public final class XmlBuffer {
    /** Of each ASCII character, what is written for it in text; null where it is the character itself. */
    private static final byte[][] IN_TEXT = new byte[128][];
    /** The same in an attribute value, where blanks other than the space would be read as spaces. */
    private static final byte[][] IN_ATTRIBUTE = new byte[128][];

    static {
        byte[] forbidden = "\uFFFD".getBytes(StandardCharsets.UTF_8);
        for (int c = 0; c < ' '; c++) {
            IN_TEXT[c] = IN_ATTRIBUTE[c] = forbidden;
        }
        IN_TEXT['\t'] = null;
        IN_TEXT['\n'] = null;
        IN_ATTRIBUTE['\t'] = ascii("&#9;");
        IN_ATTRIBUTE['\n'] = ascii("&#10;");
        IN_TEXT['\r'] = IN_ATTRIBUTE['\r'] = ascii("&#13;");
        IN_TEXT['&'] = IN_ATTRIBUTE['&'] = ascii("&amp;");
        IN_TEXT['<'] = IN_ATTRIBUTE['<'] = ascii("&lt;");
        IN_TEXT['>'] = IN_ATTRIBUTE['>'] = ascii("&gt;");
        IN_ATTRIBUTE['\''] = ascii("&apos;");
    }

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
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, Math.addExact(length, more)));
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
        return escaped(text, IN_TEXT);
    }

    /** {@code name='value'} with a blank before it. */
    public XmlBuffer attribute(String name, String value) {
        raw(' ');
        raw(name);
        raw('=');
        raw('\'');
        escaped(value, IN_ATTRIBUTE);
        raw('\'');
        return this;
    }

    private XmlBuffer escaped(String s, byte[][] escapes) {
        int n = s.length();
        reserve(n);
        byte[] b = bytes;
        int at = length;
        int i = 0;
        while (i < n) {
            char c = s.charAt(i);
            if (c >= 0x80 || escapes[c] != null) break;
            b[at++] = (byte) c;
            i++;
        }
        length = at;
        while (i < n) {
            char c = s.charAt(i++);
            if (c >= 0x80) {
                i = beyondAscii(s, i, c);
            } else if (escapes[c] != null) {
                raw(escapes[c]);
            } else {
                raw(c);
            }
        }
        return this;
    }

    /** Writes the character that begins with {@code c}; answers the index after it, {@code i} or one more. */
    private int beyondAscii(String s, int i, char c) {
        reserve(4);
        byte[] b = bytes;
        if (c < 0x800) {
            b[length++] = (byte) (0xC0 | c >> 6);
            b[length++] = (byte) (0x80 | c & 0x3F);
            return i;
        }
        if (Character.isHighSurrogate(c) && i < s.length() && Character.isLowSurrogate(s.charAt(i))) {
            int cp = Character.toCodePoint(c, s.charAt(i));
            b[length++] = (byte) (0xF0 | cp >> 18);
            b[length++] = (byte) (0x80 | cp >> 12 & 0x3F);
            b[length++] = (byte) (0x80 | cp >> 6 & 0x3F);
            b[length++] = (byte) (0x80 | cp & 0x3F);
            return i + 1;
        }
        int cp = Character.isSurrogate(c) || c >= 0xFFFE ? 0xFFFD : c;
        b[length++] = (byte) (0xE0 | cp >> 12);
        b[length++] = (byte) (0x80 | cp >> 6 & 0x3F);
        b[length++] = (byte) (0x80 | cp & 0x3F);
        return i;
    }

    /** The element with all its content. {@code defaultNamespace} is the default namespace where it will stand. */
    public XmlBuffer element(Element e, String defaultNamespace) {
        // The XML namespace may not be made the default (Namespaces in XML §3).
        boolean isXml = e.namespace().equals(Ns.XML);
        String inner = isXml ? defaultNamespace : e.namespace();
        raw('<');
        if (isXml) raw("xml:");
        raw(e.name());
        if (!inner.equals(defaultNamespace)) {
            attribute("xmlns", inner);
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
                element(child, inner);
            } else {
                text((String) o);
            }
        }
        raw("</");
        if (isXml) raw("xml:");
        raw(e.name());
        raw('>');
        return this;
    }

    @Override
    public String toString() {
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
}
