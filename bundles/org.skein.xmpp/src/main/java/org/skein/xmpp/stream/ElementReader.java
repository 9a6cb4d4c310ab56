package org.skein.xmpp.stream;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.skein.xmpp.Attribute;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Ns;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StreamError;

/**
 * Reads one first-level element, or a stream header, strictly (XML 1.0, Namespaces in XML 1.0, RFC 6120 §11.1). Where
 * the bytes end too early it keeps what it read and {@link #resume} goes on at the token that was cut. Elements below
 * the first level are made when their end tag is met, from a stack of what they contain.
 */
final class ElementReader {
    /** What {@link #begin} and {@link #resume} came to. */
    enum Outcome {
        /** The bytes ended inside the element; see {@link #tokenStart}. */
        INCOMPLETE,
        /** An XML declaration was read. */
        DECLARATION,
        /** A start tag was read, while looking for a stream header. */
        HEADER,
        /** An element was read. */
        ELEMENT,
        /** The end tag of the stream was read. */
        STREAM_END
    }

    /** What the reader is to expect. */
    enum Expect {
        DECLARATION_OR_HEADER,
        HEADER,
        ELEMENT,
        /** An element that is not made a stanza, whatever its name. */
        TREE
    }

    private static final XmlFault CUT = new XmlFault(StreamError.Condition.NOT_WELL_FORMED, "cut");
    private static final String XMLNS = "http://www.w3.org/2000/xmlns/";
    private static final Attribute[] NO_ATTRIBUTES = {};
    private static final Object[] NO_CONTENT = {};
    private static final int KEPT_TEXT = 16 * 1024;
    private static final int KEPT_CONTENT = 1024;

    private ThreadCaches caches; // those of the thread that reads, while it reads

    // What is read. Positions kept across resume are relative to base.
    private byte[] data;
    private int base;
    private int pos;
    private int limit;
    private Expect expect;
    private StreamContext context;
    private String contentNamespace;
    private XmlStreamParser.Limits limits;

    // Open elements.
    private int depth;
    private String[] names = new String[16];
    private String[] namespaces = new String[16];
    private String[] defaults = new String[16]; // the default namespace in force inside
    private Attribute[][] attributes = new Attribute[16][];
    private int[] rawNames = new int[16];
    private int[] rawNameLengths = new int[16];
    private int[] contentMarks = new int[16];
    private int[] bindingMarks = new int[16];

    // What the open elements contain so far.
    private Object[] content = new Object[64];
    private int contentTop;
    private byte[] text = new byte[256]; // a run of text that is not a plain copy, as UTF-8
    private int textLength;

    // Prefixes bound by open elements.
    private String[] prefixes = new String[16];
    private String[] bound = new String[16];
    private int bindingTop;

    // The stanza around it all.
    private Stanza.Kind stanzaKind;
    private boolean selfContained;
    private int payloadStart;
    private int payloadEnd;

    // The name read last, and its parts.
    private String namePrefix;
    private String nameLocal;
    private int nameStart;
    private int nameEnd;

    // The attributes of the tag being read.
    private int attributeCount;
    private String[] attributePrefixes = new String[16];
    private String[] attributeNames = new String[16];
    private String[] attributeValues = new String[16];
    private int declared;
    private String[] declaredPrefixes = new String[8];
    private String[] declaredNamespaces = new String[8];
    private String declaredDefault; // null where the tag has none
    private boolean tagIsEmpty;

    // Results.
    private Stanza stanza;
    private Element element;
    private StreamContext opened;

    /** Starts on the element whose first byte is at {@code from}. */
    Outcome begin(
            ThreadCaches caches,
            Expect expect,
            StreamContext context,
            XmlStreamParser.Limits limits,
            byte[] data,
            int from,
            int limit) {
        this.caches = caches;
        this.expect = expect;
        this.context = context;
        this.limits = limits;
        contentNamespace = context.contentNamespace();
        depth = 0;
        contentTop = 0;
        textLength = 0;
        bindingTop = 0;
        stanzaKind = null;
        selfContained = true;
        stanza = null;
        element = null;
        opened = null;
        return read(data, from, from, limit);
    }

    /** Goes on, with the element from its first byte in {@code data} from 0 to {@code limit}. */
    Outcome resume(ThreadCaches caches, byte[] data, int limit) {
        this.caches = caches;
        return read(data, 0, pos - base, limit);
    }

    private Outcome read(byte[] data, int base, int from, int limit) {
        this.data = data;
        this.base = base;
        this.limit = limit;
        pos = from;
        int textBefore = textLength;
        try {
            while (true) {
                textBefore = textLength;
                Outcome outcome = token();
                if (outcome != null) {
                    this.data = null;
                    this.caches = null;
                    return outcome;
                }
            }
        } catch (XmlFault fault) {
            if (fault != CUT) throw fault;
            textLength = textBefore;
            this.data = null;
            this.caches = null;
            return Outcome.INCOMPLETE;
        }
    }

    /** After an outcome other than incomplete: the index after the last byte read. */
    int end() {
        return pos;
    }

    /** After {@link Outcome#INCOMPLETE}: where the token begins that was cut, counted from the element's first byte. */
    int tokenStart() {
        return pos - base;
    }

    /** The element read, or the header; null if it was made into a stanza. */
    Element element() {
        return element;
    }

    /** The stanza read, or null if it was another element or had an address that is none. */
    Stanza stanza() {
        return stanza;
    }

    boolean isStanza() {
        return stanzaKind != null;
    }

    StreamContext opened() {
        return opened;
    }

    /** True if the header was an empty-element tag. */
    boolean headerIsEmpty() {
        return tagIsEmpty;
    }

    // One token; pos moves only when it was read whole. Null to go on.
    private Outcome token() {
        int i = pos;
        if (i == limit) throw CUT;
        if (data[i] != '<') {
            characters(i);
            return null;
        }
        switch (at(i + 1)) {
            case '/':
                return endTag(i);
            case '!':
                section(i);
                return null;
            case '?':
                return declaration(i);
            default:
                return startTag(i);
        }
    }

    private byte at(int i) {
        if (i >= limit) throw CUT;
        return data[i];
    }

    // ---- text

    private void characters(int start) {
        byte[] d = data;
        int end = limit;
        int span = start;
        boolean plain = true;
        int i = start;
        while (true) {
            byte b = 0;
            i = XmlChars.skipPlainText(d, i, end);
            while (i < end && (b = d[i]) >= 0 && !XmlChars.TEXT_STOP[b]) {
                i++;
            }
            if (i >= end) throw CUT;
            if (b == '<') {
                break;
            } else if (b < 0) {
                i = multiByte(i);
            } else if (b == '>') {
                if (i - 2 >= start && d[i - 1] == ']' && d[i - 2] == ']') throw XmlFault.malformed("]]> in text");
                i++;
            } else if (b == '&') {
                appendText(span, i);
                i = reference(i);
                span = i;
                plain = false;
            } else if (b == '\r') {
                appendText(span, i);
                appendText('\n');
                i = at(i + 1) == '\n' ? i + 2 : i + 1;
                span = i;
                plain = false;
                selfContained = false;
            } else {
                throw illegal(b);
            }
        }
        if (stanzaKind != null && depth == 1 && (!plain || !isBlank(start, i))) {
            selfContained = false;
        }
        if (plain && textLength == 0 && i + 1 < end && d[i + 1] != '!') {
            if (stanzaKind == null || depth > 1) {
                push(new String(d, start, i - start, StandardCharsets.UTF_8));
            }
        } else {
            appendText(span, i);
        }
        pos = i;
    }

    private boolean isBlank(int from, int to) {
        for (int i = from; i < to; i++) {
            if (!XmlChars.isSpace(data[i])) return false;
        }
        return true;
    }

    private static XmlFault illegal(int c) {
        return XmlFault.malformed(String.format("character U+%04X is not allowed", c));
    }

    private void section(int start) {
        String opening = "<![CDATA[";
        for (int i = 2; i < opening.length(); i++) {
            byte b = at(start + i);
            if (b != opening.charAt(i)) {
                if (i > 2) throw XmlFault.malformed("<! begins neither a section nor a declaration");
                switch (b) {
                    case '-':
                        throw XmlFault.restricted("comments are not allowed");
                    case 'D', 'E', 'A', 'N':
                        throw XmlFault.restricted("document type declarations are not allowed");
                    default:
                        throw XmlFault.malformed("<! begins neither a section nor a declaration");
                }
            }
        }
        if (depth == 0) throw XmlFault.malformed("text outside of the root element");
        byte[] d = data;
        int from = start + opening.length();
        int span = from;
        int i = from;
        while (true) {
            byte b = at(i);
            if (b < 0) {
                i = multiByte(i);
            } else if (b == '>' && i - 2 >= from && d[i - 1] == ']' && d[i - 2] == ']') {
                appendText(span, Math.max(span, i - 2));
                break;
            } else if (b == '\r') {
                appendText(span, i);
                appendText('\n');
                i = at(i + 1) == '\n' ? i + 2 : i + 1;
                span = i;
            } else if (b < ' ' && b != '\t' && b != '\n') {
                throw illegal(b);
            } else {
                i++;
            }
        }
        selfContained = false;
        pos = i + 1;
    }

    /** Reads a reference and appends what it stands for to the text. */
    private int reference(int start) {
        int i = start + 1;
        if (at(i) == '#') {
            return characterReference(i + 1);
        }
        int name = 0;
        for (int n = 0; ; n++, i++) {
            byte b = at(i);
            if (b == ';' && n > 0) break;
            if (b < 'a' || b > 'z' || n == 4) {
                if (b < 0 || XmlChars.NAME[b] != 0 || b == ':') throw restrictedEntity();
                throw XmlFault.malformed("& begins no reference");
            }
            name = name << 8 | b;
        }
        switch (name) {
            case 'l' << 8 | 't' -> appendText('<');
            case 'g' << 8 | 't' -> appendText('>');
            case 'a' << 16 | 'm' << 8 | 'p' -> appendText('&');
            case 'q' << 24 | 'u' << 16 | 'o' << 8 | 't' -> appendText('"');
            case 'a' << 24 | 'p' << 16 | 'o' << 8 | 's' -> appendText('\'');
            default -> throw restrictedEntity();
        }
        return i + 1;
    }

    private static XmlFault restrictedEntity() {
        return XmlFault.restricted("only the predefined entities are allowed");
    }

    private int characterReference(int start) {
        int i = start;
        boolean hex = at(i) == 'x';
        if (hex) i++;
        int c = 0;
        int digits = 0;
        for (byte b; (b = at(i)) != ';'; i++, digits++) {
            int digit = Character.digit(b, hex ? 16 : 10);
            if (digit < 0) throw XmlFault.malformed("a character reference has no such digit");
            c = Math.min(c * (hex ? 16 : 10) + digit, 0x110000);
        }
        if (digits == 0) throw XmlFault.malformed("a character reference without digits");
        if (!XmlChars.isChar(c)) throw illegal(c);
        if (c < 0x80) {
            appendText(c);
        } else if (c < 0x800) {
            appendText(0xC0 | c >> 6);
            appendText(0x80 | c & 0x3F);
        } else {
            if (c < 0x10000) {
                appendText(0xE0 | c >> 12);
            } else {
                appendText(0xF0 | c >> 18);
                appendText(0x80 | c >> 12 & 0x3F);
            }
            appendText(0x80 | c >> 6 & 0x3F);
            appendText(0x80 | c & 0x3F);
        }
        return i + 1;
    }

    /** Checks the character of several bytes at {@code i}; answers the index after it. */
    private int multiByte(int i) {
        int lead = data[i] & 0xFF;
        if (lead < 0xC2 || lead > 0xF4) throw badUtf8();
        int second = at(i + 1) & 0xFF;
        if (lead < 0xE0) {
            if ((second & 0xC0) != 0x80) throw badUtf8();
            return i + 2;
        }
        int least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
        int most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
        if (second < least || second > most) throw badUtf8();
        int third = at(i + 2) & 0xFF;
        if ((third & 0xC0) != 0x80) throw badUtf8();
        if (lead < 0xF0) {
            if (lead == 0xEF && second == 0xBF && third >= 0xBE) throw illegal(0xFFC0 | third & 0x3F);
            return i + 3;
        }
        if ((at(i + 3) & 0xC0) != 0x80) throw badUtf8();
        return i + 4;
    }

    private static XmlFault badUtf8() {
        return XmlFault.malformed("not UTF-8");
    }

    private void appendText(int from, int to) {
        int n = to - from;
        if (text.length - textLength < n) text = Arrays.copyOf(text, Math.max(text.length * 2, textLength + n));
        System.arraycopy(data, from, text, textLength, n);
        textLength += n;
    }

    private void appendText(int b) {
        if (text.length == textLength) text = Arrays.copyOf(text, text.length * 2);
        text[textLength++] = (byte) b;
    }

    private void flushText() {
        if (textLength > 0) {
            if (stanzaKind == null || depth > 1) {
                push(new String(text, 0, textLength, StandardCharsets.UTF_8));
            }
            textLength = 0;
            if (text.length > KEPT_TEXT) text = new byte[256];
        }
    }

    private void push(Object o) {
        if (contentTop == content.length) content = Arrays.copyOf(content, contentTop * 2);
        content[contentTop++] = o;
    }

    // ---- declarations

    private Outcome declaration(int start) {
        String opening = "<?xml";
        if (expect != Expect.DECLARATION_OR_HEADER) {
            throw XmlFault.restricted("processing instructions are not allowed");
        }
        for (int i = 2; i < opening.length(); i++) {
            if (at(start + i) != opening.charAt(i)) {
                throw XmlFault.restricted("processing instructions are not allowed");
            }
        }
        int i = start + opening.length();
        if (!XmlChars.isSpace(at(i))) throw XmlFault.restricted("processing instructions are not allowed");
        int last = 0; // 1 version, 2 encoding, 3 standalone; each at most once and in this order
        while (true) {
            int before = i;
            i = spaces(i);
            byte b = at(i);
            if (b == '?') {
                if (at(i + 1) != '>' || last == 0) throw badDeclaration();
                pos = i + 2;
                return Outcome.DECLARATION;
            }
            int nameAt = i;
            while (at(i) >= 'a' && data[i] <= 'z') i++;
            int nameTo = i;
            i = spaces(i);
            if (nameTo == nameAt || before == nameAt || at(i) != '=') throw badDeclaration();
            i = spaces(i + 1);
            byte quote = at(i);
            if (quote != '\'' && quote != '"') throw badDeclaration();
            int valueAt = ++i;
            while ((b = at(i)) != quote) {
                if (b <= ' ' || b == '<' || b == '&' || b == '>') throw badDeclaration();
                i++;
            }
            String name = new String(data, nameAt, nameTo - nameAt, StandardCharsets.US_ASCII);
            String value = new String(data, valueAt, i - valueAt, StandardCharsets.US_ASCII);
            i++;
            switch (name) {
                case "version" -> {
                    if (last != 0 || !value.equals("1.0")) throw badDeclaration();
                    last = 1;
                }
                case "encoding" -> {
                    if (last != 1) throw badDeclaration();
                    if (!value.equalsIgnoreCase("UTF-8")) {
                        throw new XmlFault(
                                StreamError.Condition.UNSUPPORTED_ENCODING, "only UTF-8 is supported (RFC 6120 §11.6)");
                    }
                    last = 2;
                }
                case "standalone" -> {
                    if (last != 1 && last != 2 || !value.equals("yes") && !value.equals("no")) throw badDeclaration();
                    last = 3;
                }
                default -> throw badDeclaration();
            }
        }
    }

    private static XmlFault badDeclaration() {
        return XmlFault.malformed("the XML declaration is not one of XML 1.0");
    }

    // ---- tags

    private int spaces(int i) {
        while (XmlChars.isSpace(at(i))) {
            if (data[i] == '\r') selfContained = false;
            i++;
        }
        return i;
    }

    /** Reads a qualified name into the name fields; answers the index after it. */
    private int name(int start) {
        byte[] d = data;
        int end = limit;
        int i = start;
        int local = start;
        int hash = 0;
        int prefixHash = 0;
        while (i < end) {
            byte b = d[i];
            if (b >= 0) {
                byte kind = XmlChars.NAME[b];
                if (kind == 0) {
                    if (b != ':') break;
                    if (local != start || i == start) throw XmlFault.malformed("a colon where a name may have none");
                    local = i + 1;
                    prefixHash = hash;
                    hash = 0;
                    i++;
                    continue;
                }
                if (kind == XmlChars.NAME_CHAR && i == local) throw notAName();
                hash = Symbols.hash(hash, b);
                i++;
            } else {
                int next = multiByte(i);
                int c = new String(d, i, next - i, StandardCharsets.UTF_8).codePointAt(0);
                if (i == local ? !NameChars.isStart(c) : !NameChars.isPart(c)) throw notAName();
                for (; i < next; i++) hash = Symbols.hash(hash, d[i]);
            }
            if (i - start > limits.maxNameBytes()) {
                throw XmlFault.policy("a name is longer than " + limits.maxNameBytes() + " bytes");
            }
        }
        if (i >= end) throw CUT;
        if (i == local) throw notAName();
        nameStart = start;
        nameEnd = i;
        namePrefix = local == start ? "" : caches.symbols.get(d, start, local - 1, prefixHash);
        nameLocal = caches.symbols.get(d, local, i, hash);
        return i;
    }

    private static XmlFault notAName() {
        return XmlFault.malformed("a name is expected");
    }

    private Outcome startTag(int start) {
        int i = name(start + 1);
        String prefix = namePrefix;
        String local = nameLocal;
        int rawName = nameStart - base;
        int rawNameLength = nameEnd - nameStart;
        attributeCount = 0;
        declared = 0;
        declaredDefault = null;
        while (true) {
            byte b = at(i);
            if (b == '>') {
                tagIsEmpty = false;
                i++;
                break;
            }
            if (b == '/') {
                if (at(i + 1) != '>') throw XmlFault.malformed("/ inside a tag");
                tagIsEmpty = true;
                i += 2;
                break;
            }
            if (!XmlChars.isSpace(b)) throw XmlFault.malformed("an attribute needs a blank before it");
            i = spaces(i);
            b = data[i];
            if (b != '>' && b != '/') i = attribute(i);
        }
        flushText();
        if (depth == 0 && (expect == Expect.HEADER || expect == Expect.DECLARATION_OR_HEADER)) {
            header(prefix, local, rawName, rawNameLength);
            pos = i;
            return Outcome.HEADER;
        }
        open(prefix, local, rawName, rawNameLength);
        if (depth == 1) payloadStart = i - base;
        if (tagIsEmpty) {
            if (depth == 1) payloadEnd = payloadStart;
            close();
        }
        pos = i;
        return depth == 0 ? Outcome.ELEMENT : null;
    }

    private int attribute(int start) {
        int i = name(start);
        String prefix = namePrefix;
        String local = nameLocal;
        i = spaces(i);
        if (at(i) != '=') throw XmlFault.malformed("an attribute needs a value");
        i = spaces(i + 1);
        byte quote = at(i);
        if (quote != '\'' && quote != '"') throw XmlFault.malformed("an attribute value needs quotes");
        i++;
        if (attributeCount + declared + (declaredDefault == null ? 0 : 1) >= limits.maxAttributes()) {
            throw XmlFault.policy("an element has more than " + limits.maxAttributes() + " attributes");
        }
        boolean isDefault = prefix.isEmpty() && local.equals("xmlns");
        boolean isBinding = prefix.equals("xmlns");
        int textBefore = textLength;
        byte[] d = data;
        int end = limit;
        int from = i;
        int span = i;
        boolean plain = true;
        boolean ascii = true;
        while (true) {
            byte b = 0;
            while (i < end && (b = d[i]) >= 0 && !XmlChars.VALUE_STOP[b]) {
                i++;
            }
            if (i >= end) throw CUT;
            if (b == quote) {
                break;
            } else if (b < 0) {
                i = multiByte(i);
                ascii = false;
            } else if (b == '\'' || b == '"') {
                i++;
            } else if (b == '&') {
                appendText(span, i);
                i = reference(i);
                span = i;
                plain = false;
            } else if (XmlChars.isSpace(b)) {
                appendText(span, i);
                appendText(' ');
                i = b == '\r' && at(i + 1) == '\n' ? i + 2 : i + 1;
                span = i;
                plain = false;
                selfContained = false;
            } else if (b == '<') {
                throw XmlFault.malformed("< in an attribute value");
            } else {
                throw illegal(b);
            }
        }
        String value;
        if (!plain) {
            appendText(span, i);
            value = new String(text, textBefore, textLength - textBefore, StandardCharsets.UTF_8);
            textLength = textBefore;
        } else if (from == i) {
            value = "";
        } else if (isDefault || isBinding || local.equals("type")) {
            value = caches.symbols.get(d, from, i, Symbols.hash(d, from, i));
        } else {
            value = new String(d, from, i - from, ascii ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
        }
        if (isDefault) {
            declareDefault(value);
        } else if (isBinding) {
            declare(local, value);
        } else {
            add(prefix, local, value);
        }
        return i + 1;
    }

    private void declareDefault(String namespace) {
        if (declaredDefault != null) throw duplicate();
        if (namespace.equals(Ns.XML) || namespace.equals(XMLNS)) {
            throw XmlFault.malformed("a reserved namespace as the default");
        }
        declaredDefault = namespace;
    }

    private void declare(String prefix, String namespace) {
        for (int k = 0; k < declared; k++) {
            if (declaredPrefixes[k].equals(prefix)) throw duplicate();
        }
        if (namespace.isEmpty()) throw XmlFault.malformed("a prefix cannot be unbound");
        if (prefix.equals("xmlns") || namespace.equals(XMLNS) || prefix.equals("xml") != namespace.equals(Ns.XML)) {
            throw XmlFault.malformed("a reserved prefix or namespace");
        }
        if (declared == declaredPrefixes.length) {
            declaredPrefixes = Arrays.copyOf(declaredPrefixes, declared * 2);
            declaredNamespaces = Arrays.copyOf(declaredNamespaces, declared * 2);
        }
        declaredPrefixes[declared] = prefix;
        declaredNamespaces[declared++] = namespace;
    }

    private void add(String prefix, String local, String value) {
        for (int k = 0; k < attributeCount; k++) {
            if (attributeNames[k].equals(local) && attributePrefixes[k].equals(prefix)) throw duplicate();
        }
        if (attributeCount == attributeNames.length) {
            attributePrefixes = Arrays.copyOf(attributePrefixes, attributeCount * 2);
            attributeNames = Arrays.copyOf(attributeNames, attributeCount * 2);
            attributeValues = Arrays.copyOf(attributeValues, attributeCount * 2);
        }
        attributePrefixes[attributeCount] = prefix;
        attributeNames[attributeCount] = local;
        attributeValues[attributeCount++] = value;
    }

    private static XmlFault duplicate() {
        return XmlFault.malformed("an attribute twice on one element");
    }

    /** Makes the tag read last the innermost open element. */
    private void open(String prefix, String local, int rawName, int rawNameLength) {
        int at = depth;
        if (at >= limits.maxDepth()) {
            throw XmlFault.policy("elements are nested deeper than " + limits.maxDepth());
        }
        if (at == names.length) growStack();
        bindingMarks[at] = bindingTop;
        bind();
        String outer = at == 0 ? context.defaultNamespace() : defaults[at - 1];
        String inner = declaredDefault == null ? outer : declaredDefault;
        if (declaredDefault != null && at > 0) noteMapped(declaredDefault);
        defaults[at] = inner;
        names[at] = local;
        namespaces[at] = mapped(prefix.isEmpty() ? inner : resolve(prefix, at));
        attributes[at] = madeAttributes(at);
        rawNames[at] = rawName;
        rawNameLengths[at] = rawNameLength;
        contentMarks[at] = contentTop;
        depth = at + 1;
        if (at == 0 && expect == Expect.ELEMENT && namespaces[0].equals(Ns.CLIENT)) {
            stanzaKind = kindOf(local);
            if (!mapped(inner).equals(Ns.CLIENT)) selfContained = false;
        }
    }

    private static Stanza.Kind kindOf(String name) {
        return switch (name) {
            case "message" -> Stanza.Kind.MESSAGE;
            case "presence" -> Stanza.Kind.PRESENCE;
            case "iq" -> Stanza.Kind.IQ;
            default -> null;
        };
    }

    private String mapped(String namespace) {
        return namespace.equals(contentNamespace) ? Ns.CLIENT : namespace;
    }

    /** Bytes that name the stream's own namespace do not stand for themselves if it is mapped. */
    private void noteMapped(String namespace) {
        if (!contentNamespace.equals(Ns.CLIENT) && namespace.equals(contentNamespace)) selfContained = false;
    }

    private void bind() {
        if (declared > 0 && bindingTop + declared > Math.max(limits.maxAttributes(), 16)) {
            throw XmlFault.policy("more than " + limits.maxAttributes() + " prefixes are bound");
        }
        for (int k = 0; k < declared; k++) {
            if (bindingTop == prefixes.length) {
                prefixes = Arrays.copyOf(prefixes, bindingTop * 2);
                bound = Arrays.copyOf(bound, bindingTop * 2);
            }
            if (depth > 0) noteMapped(declaredNamespaces[k]);
            prefixes[bindingTop] = declaredPrefixes[k];
            bound[bindingTop++] = declaredNamespaces[k];
        }
    }

    /** The namespace of a prefix used by the element at {@code level}. */
    private String resolve(String prefix, int level) {
        for (int k = bindingTop - 1; k >= 0; k--) {
            if (prefixes[k].equals(prefix)) {
                if (level > 0 && k < bindingMarks[1]) selfContained = false;
                return bound[k];
            }
        }
        if (prefix.equals("xml")) return Ns.XML;
        String inherited = context.namespaceOf(prefix);
        if (inherited == null) throw XmlFault.malformed("prefix " + prefix + " is bound to no namespace");
        if (level > 0) selfContained = false;
        return inherited;
    }

    private Attribute[] madeAttributes(int level) {
        int n = attributeCount;
        if (n == 0) return NO_ATTRIBUTES;
        Attribute[] made = new Attribute[n];
        boolean prefixed = false;
        for (int k = 0; k < n; k++) {
            String prefix = attributePrefixes[k];
            String namespace = "";
            if (!prefix.isEmpty()) {
                namespace = mapped(resolve(prefix, level));
                prefixed = true;
            }
            made[k] = new Attribute(namespace, attributeNames[k], attributeValues[k]);
        }
        if (prefixed) { // the same name by two prefixes
            for (int k = 1; k < n; k++) {
                for (int m = 0; m < k; m++) {
                    if (made[k].name().equals(made[m].name())
                            && made[k].namespace().equals(made[m].namespace())) {
                        throw duplicate();
                    }
                }
            }
        }
        return made;
    }

    private void growStack() {
        int n = names.length * 2;
        names = Arrays.copyOf(names, n);
        namespaces = Arrays.copyOf(namespaces, n);
        defaults = Arrays.copyOf(defaults, n);
        attributes = Arrays.copyOf(attributes, n);
        rawNames = Arrays.copyOf(rawNames, n);
        rawNameLengths = Arrays.copyOf(rawNameLengths, n);
        contentMarks = Arrays.copyOf(contentMarks, n);
        bindingMarks = Arrays.copyOf(bindingMarks, n);
    }

    private Outcome endTag(int start) {
        int from = start + 2;
        byte[] raw = depth == 0 ? context.rawName() : data;
        int rawFrom = depth == 0 ? 0 : base + rawNames[depth - 1];
        int n = depth == 0 ? raw.length : rawNameLengths[depth - 1];
        if (n == 0) throw XmlFault.malformed("an end tag without a start tag");
        int known = Math.min(n, limit - from);
        if (!Arrays.equals(raw, rawFrom, rawFrom + known, data, from, from + known)) {
            throw XmlFault.malformed("an end tag has another name than its start tag");
        }
        byte next = at(from + n);
        if (next != '>' && !XmlChars.isSpace(next)) {
            throw XmlFault.malformed("an end tag has another name than its start tag");
        }
        int i = spaces(from + n);
        if (data[i] != '>') throw XmlFault.malformed("an end tag with more than a name");
        if (depth == 0) {
            pos = i + 1;
            return Outcome.STREAM_END;
        }
        flushText();
        if (depth == 1) payloadEnd = start - base;
        close();
        pos = i + 1;
        return depth == 0 ? Outcome.ELEMENT : null;
    }

    /** Makes the innermost open element complete. */
    private void close() {
        int at = --depth;
        bindingTop = bindingMarks[at];
        int mark = contentMarks[at];
        Attribute[] withAttributes = attributes[at];
        attributes[at] = null;
        if (at == 0 && stanzaKind != null && makeStanza(withAttributes, mark)) {
            forget(mark);
            return;
        }
        Object[] inside = mark == contentTop ? NO_CONTENT : Arrays.copyOfRange(content, mark, contentTop);
        forget(mark);
        Element made = Element.parsed(names[at], namespaces[at], withAttributes, inside);
        if (at == 0) {
            element = made;
        } else {
            push(made);
        }
    }

    private void forget(int mark) {
        if (contentTop > KEPT_CONTENT && mark == 0) {
            content = new Object[64];
        } else {
            Arrays.fill(content, mark, contentTop, null);
        }
        contentTop = mark;
    }

    /** Makes the first-level element a stanza; false if one of its addresses is none. */
    private boolean makeStanza(Attribute[] with, int mark) {
        Jid to = null;
        Jid from = null;
        String type = "";
        String id = "";
        String lang = "";
        for (Attribute a : with) {
            String value = a.value();
            if (a.namespace().isEmpty()) {
                switch (a.name()) {
                    case "to":
                        to = caches.jid(value);
                        if (to == null) return false;
                        break;
                    case "from":
                        from = caches.jid(value);
                        if (from == null) return false;
                        break;
                    case "type":
                        type = value;
                        break;
                    case "id":
                        id = value;
                        break;
                    default: // RFC 6120 §8.1 knows no other, and says to ignore it
                }
            } else if (a.name().equals("lang") && a.namespace().equals(Ns.XML)) {
                lang = value;
            }
        }
        Element[] payload = Arrays.copyOfRange(content, mark, contentTop, Element[].class);
        byte[] xml = selfContained ? Arrays.copyOfRange(data, base + payloadStart, base + payloadEnd) : null;
        stanza = Stanza.parsed(stanzaKind, to, from, type, id, lang, List.of(payload), xml);
        return true;
    }

    // ---- stream header

    private void header(String prefix, String local, int rawName, int rawNameLength) {
        String defaultNamespace = declaredDefault == null ? "" : declaredDefault;
        bindingMarks[0] = 0;
        bind();
        String namespace;
        if (prefix.isEmpty()) {
            namespace = defaultNamespace;
        } else {
            boolean isBound = prefix.equals("xml");
            for (int k = 0; k < declared; k++) isBound |= declaredPrefixes[k].equals(prefix);
            if (!isBound) {
                throw new XmlFault(
                        StreamError.Condition.BAD_NAMESPACE_PREFIX, "prefix " + prefix + " is bound to no namespace");
            }
            namespace = resolve(prefix, 0);
        }
        Attribute[] with = madeAttributes(0);
        if (!local.equals("stream")) {
            throw new XmlFault(StreamError.Condition.BAD_FORMAT, "a stream header is expected");
        }
        if (!namespace.equals(Ns.STREAMS)) {
            throw new XmlFault(StreamError.Condition.INVALID_NAMESPACE, "the stream namespace is " + Ns.STREAMS);
        }
        byte[] raw = Arrays.copyOfRange(data, base + rawName, base + rawName + rawNameLength);
        opened = StreamContext.of(
                raw,
                Arrays.copyOf(declaredPrefixes, declared),
                Arrays.copyOf(declaredNamespaces, declared),
                defaultNamespace);
        element = Element.parsed(local, namespace, with, NO_CONTENT);
    }
}
