package org.skein.xmpp.stream;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.parsers.SAXParserFactory;
import org.skein.xmpp.Element;
import org.xml.sax.Attributes;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/** What the parser of the JDK, which is not ours, makes of a document. */
final class SaxTree extends DefaultHandler {
    private static final SAXParserFactory FACTORY = SAXParserFactory.newInstance();

    static {
        FACTORY.setNamespaceAware(true);
    }

    private final Deque<Element.Builder> open = new ArrayDeque<>();
    private Element root;

    private SaxTree() {}

    /** The root element, or empty if the document is not well-formed. */
    static Optional<Element> parse(byte[] document) {
        SaxTree tree = new SaxTree();
        InputSource source = new InputSource(new ByteArrayInputStream(document));
        source.setEncoding("UTF-8");
        try {
            FACTORY.newSAXParser().parse(source, tree);
            return Optional.of(tree.root);
        } catch (SAXException | IOException notWellFormed) {
            return Optional.empty();
        } catch (ParserConfigurationException broken) {
            throw new IllegalStateException(broken);
        }
    }

    @Override
    public void startElement(String uri, String localName, String qName, Attributes attributes) throws SAXException {
        checkQName(qName);
        Element.Builder b = Element.builder(localName, uri);
        for (int i = 0; i < attributes.getLength(); i++) {
            checkQName(attributes.getQName(i));
            b.attribute(attributes.getURI(i), attributes.getLocalName(i), attributes.getValue(i));
        }
        open.push(b);
    }

    /** Namespaces in XML §4 forbids a colon at the beginning; this parser does not mind. */
    private static void checkQName(String qName) throws SAXException {
        if (qName.startsWith(":")) throw new SAXException("no QName: " + qName);
    }

    @Override
    public void characters(char[] ch, int start, int length) {
        open.element().text(new String(ch, start, length));
    }

    @Override
    public void endElement(String uri, String localName, String qName) {
        Element made = open.pop().build();
        if (open.isEmpty()) {
            root = made;
        } else {
            open.element().child(made);
        }
    }
}
