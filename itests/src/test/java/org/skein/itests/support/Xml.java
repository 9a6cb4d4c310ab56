package org.skein.itests.support;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NamedNodeMap;
import org.w3c.dom.Node;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/** An element as it came from the socket, parsed by the JDK's parser: another one than the server's. */
public final class Xml {
    private static final String STANZA_ERRORS = "urn:ietf:params:xml:ns:xmpp-stanzas";

    private final Element element;
    private final String source;

    private Xml(Element element, String source) {
        this.element = element;
        this.source = source;
    }

    /** @param source an element as it stands in a client's stream */
    public static Xml ofStream(String source) {
        return ofStream(source, "");
    }

    /** @param declarations what the header of the stream binds besides the usual */
    public static Xml ofStream(String source, String declarations) {
        String document = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' "
                + declarations + ">" + source + "</stream:stream>";
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setNamespaceAware(true);
            Element stream = factory.newDocumentBuilder()
                    .parse(new InputSource(new StringReader(document)))
                    .getDocumentElement();
            return new Xml((Element) stream.getFirstChild(), source);
        } catch (ParserConfigurationException | SAXException | IOException e) {
            throw new AssertionError("not well-formed: " + source, e);
        }
    }

    public String name() {
        return element.getLocalName();
    }

    public String namespace() {
        return element.getNamespaceURI();
    }

    public boolean is(String name, String namespace) {
        return name.equals(name()) && namespace.equals(namespace());
    }

    /** An attribute; empty if it is not there. */
    public String get(String attribute) {
        return element.getAttribute(attribute);
    }

    public String text() {
        return element.getTextContent();
    }

    public List<Xml> children() {
        List<Xml> children = new ArrayList<>();
        for (Node n = element.getFirstChild(); n != null; n = n.getNextSibling()) {
            if (n instanceof Element child) {
                children.add(new Xml(child, source));
            }
        }
        return children;
    }

    /** The first element of that name and namespace, however deep. */
    public Optional<Xml> find(String name, String namespace) {
        Node found = element.getElementsByTagNameNS(namespace, name).item(0);
        return Optional.ofNullable((Element) found).map(e -> new Xml(e, source));
    }

    public boolean has(String name, String namespace) {
        return find(name, namespace).isPresent();
    }

    /** The text of a child of the stanza's own namespace, such as {@code body}; empty if it is not there. */
    public String text(String child) {
        return children().stream()
                .filter(c -> c.is(child, "jabber:client"))
                .findFirst()
                .map(Xml::text)
                .orElse("");
    }

    /** Type and condition of a stanza error as {@code cancel/item-not-found}; empty if it is none. */
    public String error() {
        return children().stream()
                .filter(c -> c.is("error", "jabber:client"))
                .findFirst()
                .map(e -> e.get("type") + "/" + e.condition())
                .orElse("");
    }

    private String condition() {
        return children().stream()
                .filter(c -> c.namespace().equals(STANZA_ERRORS) && !c.name().equals("text"))
                .map(Xml::name)
                .findFirst()
                .orElse("none");
    }

    /**
     * The tree without what its writing has of choice: prefixes, the order of attributes, kinds of text. Two elements
     * mean the same exactly if this is the same.
     */
    public String canonical() {
        StringBuilder out = new StringBuilder();
        appendCanonical(element, out);
        return out.toString();
    }

    private static void appendCanonical(Element e, StringBuilder out) {
        out.append('<').append(expanded(e));
        NamedNodeMap attributes = e.getAttributes();
        Map<String, String> sorted = new TreeMap<>();
        for (int i = 0; i < attributes.getLength(); i++) {
            Node a = attributes.item(i);
            if (!XMLConstants.XMLNS_ATTRIBUTE_NS_URI.equals(a.getNamespaceURI())) {
                sorted.put(expanded(a), a.getNodeValue());
            }
        }
        sorted.forEach((name, value) ->
                out.append(' ').append(name).append("='").append(escaped(value)).append('\''));
        out.append('>');
        for (Node n = e.getFirstChild(); n != null; n = n.getNextSibling()) {
            if (n instanceof Element child) {
                appendCanonical(child, out);
            } else {
                out.append(escaped(n.getNodeValue()));
            }
        }
        out.append("</>");
    }

    private static String expanded(Node n) {
        return n.getNamespaceURI() == null ? n.getLocalName() : "{" + n.getNamespaceURI() + "}" + n.getLocalName();
    }

    private static String escaped(String text) {
        StringBuilder out = new StringBuilder();
        text.chars().forEach(c -> {
            if (c < ' ' || c > '~' || c == '<' || c == '\'' || c == '&') {
                out.append('&').append(Integer.toHexString(c)).append(';');
            } else {
                out.append((char) c);
            }
        });
        return out.toString();
    }

    @Override
    public String toString() {
        return source;
    }
}
