package org.skein.xmpp;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A message, presence or iq (RFC 6120 §8), in namespace {@code jabber:client} whatever the stream it came by. Immutable.
 * Its payload is kept as elements and, once written or if it came from a stream, as bytes too: copies that differ only
 * in their addressing share both, so that a fan-out encodes the payload once.
 */
public final class Stanza {
    /** Which of the three stanzas it is. */
    public enum Kind {
        MESSAGE,
        PRESENCE,
        IQ;

        private final String elementName = name().toLowerCase(Locale.ROOT);

        public String elementName() {
            return elementName;
        }
    }

    private final Kind kind;
    private final Jid to; // null where absent
    private final Jid from; // null where absent
    private final String type;
    private final String id;
    private final String lang;
    private final List<Element> payload;
    private volatile byte[] payloadXml; // written once; a race only writes it twice

    private Stanza(
            Kind kind, Jid to, Jid from, String type, String id, String lang, List<Element> payload, byte[] xml) {
        this.kind = Objects.requireNonNull(kind, "kind");
        this.to = to;
        this.from = from;
        this.type = type;
        this.id = id;
        this.lang = lang;
        this.payload = payload;
        this.payloadXml = xml;
    }

    public static Builder message() {
        return new Builder(Kind.MESSAGE);
    }

    public static Builder presence() {
        return new Builder(Kind.PRESENCE);
    }

    public static Builder iq() {
        return new Builder(Kind.IQ);
    }

    public static Builder builder(Kind kind) {
        return new Builder(kind);
    }

    /**
     * Used by parsers. {@code payloadXml} is the payload as bytes that stand for themselves inside a stanza in
     * {@code jabber:client} (no prefix bound outside), or null. The array is not copied and must not change.
     *
     * @param to null where absent
     * @param from null where absent
     */
    public static Stanza parsed(
            Kind kind,
            Jid to,
            Jid from,
            String type,
            String id,
            String lang,
            List<Element> payload,
            byte[] payloadXml) {
        return new Stanza(kind, to, from, type, id, lang, List.copyOf(payload), payloadXml);
    }

    public Kind kind() {
        return kind;
    }

    public boolean isMessage() {
        return kind == Kind.MESSAGE;
    }

    public boolean isPresence() {
        return kind == Kind.PRESENCE;
    }

    public boolean isIq() {
        return kind == Kind.IQ;
    }

    public Optional<Jid> to() {
        return Optional.ofNullable(to);
    }

    public Optional<Jid> from() {
        return Optional.ofNullable(from);
    }

    /** The {@code type} attribute; empty where absent. */
    public String type() {
        return type;
    }

    public boolean hasType(String type) {
        return this.type.equals(type);
    }

    public boolean isError() {
        return type.equals("error");
    }

    /** True for an iq of type get or set, which gets exactly one reply (RFC 6120 §8.2.3). */
    public boolean isRequest() {
        return kind == Kind.IQ && (type.equals("get") || type.equals("set"));
    }

    /** The {@code id} attribute; empty where absent. */
    public String id() {
        return id;
    }

    /** The {@code xml:lang} attribute; empty where absent. */
    public String lang() {
        return lang;
    }

    /** The child elements, in order. */
    public List<Element> payload() {
        return payload;
    }

    public Optional<Element> child(String name, String namespace) {
        for (int i = 0; i < payload.size(); i++) {
            Element e = payload.get(i);
            if (e.is(name, namespace)) {
                return Optional.of(e);
            }
        }
        return Optional.empty();
    }

    public boolean hasChild(String name, String namespace) {
        return child(name, namespace).isPresent();
    }

    /** True if some child is in {@code namespace}. */
    public boolean hasPayloadIn(String namespace) {
        for (int i = 0; i < payload.size(); i++) {
            if (payload.get(i).namespace().equals(namespace)) {
                return true;
            }
        }
        return false;
    }

    /** The first child element: an iq's request or result. */
    public Optional<Element> firstChild() {
        return payload.isEmpty() ? Optional.empty() : Optional.of(payload.get(0));
    }

    /** Text of {@code <body/>}; empty where there is none. */
    public String body() {
        return child("body", Ns.CLIENT).map(Element::text).orElse("");
    }

    public Stanza withFrom(Jid from) {
        return new Stanza(kind, to, Objects.requireNonNull(from), type, id, lang, payload, payloadXml);
    }

    public Stanza withTo(Jid to) {
        return new Stanza(kind, Objects.requireNonNull(to), from, type, id, lang, payload, payloadXml);
    }

    public Stanza withoutTo() {
        return new Stanza(kind, null, from, type, id, lang, payload, payloadXml);
    }

    public Stanza withId(String id) {
        return new Stanza(kind, to, from, type, id, lang, payload, payloadXml);
    }

    /** A copy with {@code child} after the others; payload bytes already there are kept. */
    public Stanza withAdded(Element child) {
        List<Element> more = new ArrayList<>(payload.size() + 1);
        more.addAll(payload);
        more.add(child);
        byte[] xml = payloadXml;
        if (xml != null) {
            xml = new XmlBuffer(xml.length + 128)
                    .raw(xml)
                    .element(child, Ns.CLIENT)
                    .toByteArray();
        }
        return new Stanza(kind, to, from, type, id, lang, List.copyOf(more), xml);
    }

    /** A copy without the children {@code unwanted} matches; this stanza itself if it matches none. */
    public Stanza withoutChildren(Predicate<Element> unwanted) {
        if (payload.stream().noneMatch(unwanted)) {
            return this;
        }
        List<Element> kept = payload.stream().filter(unwanted.negate()).toList();
        return new Stanza(kind, to, from, type, id, lang, kept, null);
    }

    public Stanza withPayload(List<Element> payload) {
        return new Stanza(kind, to, from, type, id, lang, List.copyOf(payload), null);
    }

    /** An empty result for this iq request, addressed back to its sender. */
    public Builder result() {
        return reply("result");
    }

    /** A reply of {@code type} to this stanza: addresses exchanged, same id. */
    public Builder reply(String type) {
        Builder b = new Builder(kind);
        b.to = from;
        b.from = to;
        b.type = type;
        b.id = id;
        return b;
    }

    /**
     * The error reply to this stanza (RFC 6120 §8.3). An iq's or message's payload is not sent back.
     *
     * @throws IllegalStateException if this stanza is an error itself (RFC 6120 §8.3.1)
     */
    public Stanza error(StanzaError error) {
        if (isError()) {
            throw new IllegalStateException("an error is not answered with an error");
        }
        return reply("error").add(error.toElement()).build();
    }

    /** The payload as XML, encoded at most once. The array must not be changed. */
    public byte[] payloadXml() {
        byte[] xml = payloadXml;
        if (xml == null) {
            XmlBuffer buffer = new XmlBuffer(256);
            for (Element e : payload) {
                buffer.element(e, Ns.CLIENT);
            }
            xml = buffer.toByteArray();
            payloadXml = xml;
        }
        return xml;
    }

    /** Writes this stanza as it stands in a stream whose default namespace is {@code jabber:client}. */
    public void writeTo(XmlBuffer out) {
        writeTo(out, "");
    }

    /** The same with an explicit default namespace on the stanza; empty for none. */
    public void writeTo(XmlBuffer out, String namespace) {
        out.raw("<").raw(kind.elementName());
        if (!namespace.isEmpty()) out.attribute("xmlns", namespace);
        if (from != null) out.attribute("from", from.toString());
        if (to != null) out.attribute("to", to.toString());
        if (!type.isEmpty()) out.attribute("type", type);
        if (!id.isEmpty()) out.attribute("id", id);
        if (!lang.isEmpty()) out.attribute("xml:lang", lang);
        byte[] xml = payloadXml();
        if (xml.length == 0) {
            out.raw("/>");
        } else {
            out.raw(">").raw(xml).raw("</").raw(kind.elementName()).raw(">");
        }
    }

    /** This stanza as an element in {@code jabber:client}, for putting into another (carbons, forwarding). */
    public Element toElement() {
        Element.Builder b = Element.builder(kind.elementName(), Ns.CLIENT);
        if (from != null) b.attribute("from", from.toString());
        if (to != null) b.attribute("to", to.toString());
        if (!type.isEmpty()) b.attribute("type", type);
        if (!id.isEmpty()) b.attribute("id", id);
        if (!lang.isEmpty()) b.attribute(Ns.XML, "lang", lang);
        payload.forEach(b::child);
        return b.build();
    }

    /** The stanza as XML, for logs at trace level and tests. */
    @Override
    public String toString() {
        XmlBuffer out = new XmlBuffer(256);
        writeTo(out);
        return out.toString();
    }

    /** Collects a stanza. Not thread-safe. */
    public static final class Builder {
        private final Kind kind;
        private Jid to;
        private Jid from;
        private String type = "";
        private String id = "";
        private String lang = "";
        private final List<Element> payload = new ArrayList<>(2);

        private Builder(Kind kind) {
            this.kind = kind;
        }

        /** {@code to} may be null for none. */
        public Builder to(Jid to) {
            this.to = to;
            return this;
        }

        /** {@code from} may be null for none. */
        public Builder from(Jid from) {
            this.from = from;
            return this;
        }

        public Builder type(String type) {
            this.type = Objects.requireNonNull(type);
            return this;
        }

        public Builder id(String id) {
            this.id = Objects.requireNonNull(id);
            return this;
        }

        public Builder lang(String lang) {
            this.lang = Objects.requireNonNull(lang);
            return this;
        }

        public Builder add(Element child) {
            payload.add(Objects.requireNonNull(child));
            return this;
        }

        /** Adds {@code <body>text</body>}. */
        public Builder body(String text) {
            return add(Element.of("body", Ns.CLIENT, text));
        }

        public Stanza build() {
            return new Stanza(kind, to, from, type, id, lang, List.copyOf(payload), null);
        }
    }
}
