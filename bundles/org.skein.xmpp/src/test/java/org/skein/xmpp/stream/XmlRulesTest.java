package org.skein.xmpp.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.skein.xmpp.Element;

/** What is accepted and refused inside a stream, and as what it is read; each document cut everywhere. */
class XmlRulesTest {
    private static List<String> inStream(String xml) {
        List<String> events = Feeding.everyWay(Feeding.bytes(Feeding.HEADER + xml), XmlStreamParser.Limits.AFTER_LOGIN);
        return events.subList(1, events.size());
    }

    @ParameterizedTest // XML 1.0, Namespaces in XML 1.0; RFC 6120 §4.9.3.13
    @ValueSource(
            strings = {
                "<message></presence>",
                "<message><body>x</message>",
                "<message></messag>",
                "<message></messages>",
                "<message></ message>",
                "<message></message x=''>",
                "< message/>",
                "<message",
                "<message <",
                "<message/ >",
                "<message / >",
                "<message>></x>",
                "<message><1/></message>",
                "<message><-a/></message>",
                "<message><a:b:c xmlns:a='u'/></message>",
                "<message><:b/></message>",
                "<message><a:/></message>",
                "<message><a:1 xmlns:a='u'/></message>",
                "<message><></message>",
                "<message></></message>",
                "<message><a\u00D7/></message>",
                "<message><a\uD800\uDC00/></message>",
                "<message><\u00B7/></message>",
                "<message><a%00/></message>",
                // attributes
                "<message to=a/>",
                "<message to/>",
                "<message to='a/>",
                "<message to='a\"/>",
                "<message to='a'from='b'/>",
                "<message id='a' id='b'/>",
                "<message id='a' id='a'/>",
                "<message id='<'/>",
                "<message id='&'/>",
                "<message id='& amp;'/>",
                "<message id='%00'/>",
                "<message id='%1F'/>",
                "<message 'a'/>",
                "<message ='a'/>",
                "<message xml:lang='a' xml:lang='b'/>",
                "<message a:x='1' xmlns:a='u' b:x='2' xmlns:b='u'/>",
                "<message><x xmlns:a='u'><y xmlns:b='u' a:x='' b:x=''/></x></message>",
                // namespaces
                "<a:message/>",
                "<message a:b='c'/>",
                "<message><a:b/></message>",
                "<message><a xmlns:b='u'/><b:c/></message>",
                "<message><a xmlns:b=''/></message>",
                "<message><a xmlns:b='u' xmlns:b='u'/></message>",
                "<message><a xmlns='u' xmlns='u'/></message>",
                "<message xmlns:xmlns='u'/>",
                "<message xmlns:xml='u'/>",
                "<message xmlns:a='http://www.w3.org/XML/1998/namespace'/>",
                "<message xmlns='http://www.w3.org/XML/1998/namespace'/>",
                "<message xmlns:a='http://www.w3.org/2000/xmlns/'/>",
                "<message xmlns='http://www.w3.org/2000/xmlns/'/>",
                "<xmlns:message/>",
                // text
                "<message><body>]]></body></message>",
                "<message><body>a]]]></body></message>",
                "<message><body>&amp</body></message>",
                "<message><body>&amp ;</body></message>",
                "<message><body>& </body></message>",
                "<message><body>&;</body></message>",
                "<message><body>&#0;</body></message>",
                "<message><body>&#x0;</body></message>",
                "<message><body>&#x1F;</body></message>",
                "<message><body>&#11;</body></message>",
                "<message><body>&#xD800;</body></message>",
                "<message><body>&#xDFFF;</body></message>",
                "<message><body>&#xFFFE;</body></message>",
                "<message><body>&#xFFFF;</body></message>",
                "<message><body>&#x110000;</body></message>",
                "<message><body>&#x100000041;</body></message>",
                "<message><body>&#4294967361;</body></message>",
                "<message><body>&#;</body></message>",
                "<message><body>&#x;</body></message>",
                "<message><body>&#a;</body></message>",
                "<message><body>&#xg;</body></message>",
                "<message><body>&#X41;</body></message>",
                "<message><body>&#-1;</body></message>",
                "<message><body>%00</body></message>",
                "<message><body>%01</body></message>",
                "<message><body>%0B</body></message>",
                "<message><body>%1F</body></message>",
                "<message><body>%EF%BF%BE</body></message>",
                "<message><body>%EF%BF%BF</body></message>",
                "<message><body><![CDATA[%00]]></body></message>",
                "<message><body><![cdata[x]]></body></message>",
                "<message><body><![CDATA [x]]></body></message>",
                "<message><body><!x></body></message>",
                "<message><body><!></body></message>",
                "<![CDATA[x]]>",
                // UTF-8
                "<message><body>%80</body></message>",
                "<message><body>%BF</body></message>",
                "<message><body>%C0%80</body></message>",
                "<message><body>%C1%BF</body></message>",
                "<message><body>%C3</body></message>",
                "<message><body>%C3(</body></message>",
                "<message><body>%E0%80%80</body></message>",
                "<message><body>%E0%9F%BF</body></message>",
                "<message><body>%E2%82</body></message>",
                "<message><body>%E2(%A1</body></message>",
                "<message><body>%E2%82(</body></message>",
                "<message><body>%ED%A0%80</body></message>",
                "<message><body>%ED%BF%BF</body></message>",
                "<message><body>%ED%A0%BD%ED%B8%80</body></message>",
                "<message><body>%F0%80%80%80</body></message>",
                "<message><body>%F0%8F%BF%BF</body></message>",
                "<message><body>%F0%9F%98</body></message>",
                "<message><body>%F0%9F%98(</body></message>",
                "<message><body>%F4%90%80%80</body></message>",
                "<message><body>%F5%80%80%80</body></message>",
                "<message><body>%F8%88%80%80%80</body></message>",
                "<message><body>%FC%84%80%80%80%80</body></message>",
                "<message><body>%FE</body></message>",
                "<message><body>%FF</body></message>",
                "<message id='%C3('/>",
                "<message id='%C0%AF'/>",
                "<message id='%ED%A0%80'/>",
                "<message><%C3(/></message>",
                "<message><a %FF=''/></message>",
                "<message><body><![CDATA[%E2(%A1]]></body></message>",
                // end of the stream
                "</stream>",
                "</stream:stream2>",
                "</x:stream>",
                "</stream:stream x=''>"
            })
    void whatIsNotWellFormedIsRefused(String xml) {
        if (xml.equals("<message")) { // nothing wrong so far
            assertEquals(List.of(), inStream(xml));
            return;
        }
        String closed = xml.matches(".*'a(\"|)/>") ? xml + "<" : xml;
        assertEquals(List.of("error not-well-formed"), inStream(closed));
    }

    @ParameterizedTest // RFC 6120 §11.1
    @ValueSource(
            strings = {
                "<!-- x -->",
                "<!-",
                "<message><!-- x --></message>",
                "<message><body>x<!-- x -->y</body></message>",
                "<?php",
                "<?xml version='1.0'?>",
                "<message><?x y?></message>",
                "<message><?xml version='1.0'?></message>",
                "<!DOCTYPE x>",
                "<!D",
                "<message><!DOCTYPE x [<!ENTITY a 'b'>]></message>",
                "<!ENTITY x 'y'>",
                "<!ELEMENT x ANY>",
                "<!ATTLIST x>",
                "<!NOTATION x>",
                "<message><body>&lol;</body></message>",
                "<message><body>&lol;",
                "<message><body>&nbsp;",
                "<message><body>&AMP;",
                "<message><body>&amp:",
                "<message><body>&amplx",
                "<message><body>&l1",
                "<message><body>&\u00E9",
                "<message id='&foo;",
                "<message id='&quott"
            })
    void restrictedXmlIsRefusedAsSoonAsItIsSeen(String xml) {
        assertEquals(List.of("error restricted-xml"), inStream(xml));
    }

    @ParameterizedTest // RFC 6120 §4.9.3.1
    @ValueSource(strings = {"x", "<message/>x", " \n x<message/>", "&amp;", "%00", "%EF%BB%BF", ">"})
    void textBetweenStanzasIsRefused(String xml) {
        List<String> events = inStream(xml);
        assertEquals("error bad-format", events.get(events.size() - 1));
    }

    /** The second column is how we write what the first was read as, with {@code \} for a new line. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "<a xmlns='u'/>|<a xmlns='u'/>",
                "<a xmlns='u'></a>|<a xmlns='u'/>",
                "<a%09xmlns%0A =%0D\"u\"%0A></a%09>|<a xmlns='u'/>",
                "<a/>|<a xmlns='jabber:client'/>",
                "<a xmlns=''/>|<a/>",
                "<p:a xmlns:p='u' b='c'/>|<a xmlns='u' b='c'/>",
                "<stream:features/>|<features xmlns='http://etherx.jabber.org/streams'/>",
                "<a xmlns='u'><b/><b xmlns='v'><c/></b><b/></a>|<a xmlns='u'><b/><b xmlns='v'><c/></b><b/></a>",
                "<a xmlns='u' p:x='1' x='2' xmlns:p='v'/>|<a xmlns='u' xmlns:a0='v' a0:x='1' x='2'/>",
                "<a xmlns='u' xmlns:xml='http://www.w3.org/XML/1998/namespace' xml:lang='de'/>|<a xmlns='u' xml:lang='de'/>",
                "<xml:a/>|<xml:a/>",
                "<xml:a><b/></xml:a>|<xml:a><b xmlns='jabber:client'/></xml:a>",
                "<a xmlns='u'><p:b xmlns:p='v'><p:c xmlns:p='w'/><p:d/></p:b></a>|<a xmlns='u'><b xmlns='v'><c xmlns='w'/><d/></b></a>",
                // attribute values
                "<a xmlns='u' b='\"' c=\"'\"/>|<a xmlns='u' b='\"' c='&apos;'/>",
                "<a xmlns='u' b='&lt;&gt;&amp;&quot;&apos;'/>|<a xmlns='u' b='&lt;&gt;&amp;\"&apos;'/>",
                "<a xmlns='u' b='>'/>|<a xmlns='u' b='&gt;'/>",
                "<a xmlns='u' b=']]>'/>|<a xmlns='u' b=']]&gt;'/>",
                "<a xmlns='u' b='1%092%0A3'/>|<a xmlns='u' b='1 2 3'/>",
                "<a xmlns='u' b='1%0D2%0D%0A3%0D'/>|<a xmlns='u' b='1 2 3 '/>",
                "<a xmlns='u' b='&#9;&#10;&#13;'/>|<a xmlns='u' b='&#9;&#10;&#13;'/>",
                "<a xmlns='u' b=' x  y '/>|<a xmlns='u' b=' x  y '/>",
                "<a xmlns='&#117;'/>|<a xmlns='u'/>",
                "<a xmlns='u' b='%C3%A9%E2%82%AC%F0%9F%98%80'/>|<a xmlns='u' b='\u00E9\u20AC\uD83D\uDE00'/>",
                // text
                "<a xmlns='u'>x</a>|<a xmlns='u'>x</a>",
                "<a xmlns='u'>&lt;&gt;&amp;&quot;&apos;</a>|<a xmlns='u'>&lt;&gt;&amp;\"'</a>",
                "<a xmlns='u'>a>b ]] ]></a>|<a xmlns='u'>a&gt;b ]] ]&gt;</a>",
                "<a xmlns='u'>]]&gt; &#93;]> ]&#93;></a>|<a xmlns='u'>]]&gt; ]]&gt; ]]&gt;</a>",
                "<a xmlns='u'>&#65;&#x41;&#x000041;&#x20AC;&#x1F600;&#x10FFFF;&#xe9;</a>|<a xmlns='u'>AAA\u20AC\uD83D\uDE00\uDBFF\uDFFF\u00E9</a>",
                "<a xmlns='u'>1%0D2%0D%0A3%0D%0D%0A</a>|<a xmlns='u'>1\\2\\3\\\\</a>",
                "<a xmlns='u'>&#13;%0A</a>|<a xmlns='u'>&#13;\\</a>",
                "<a xmlns='u'>x<![CDATA[<&>]]>y</a>|<a xmlns='u'>x&lt;&amp;&gt;y</a>",
                "<a xmlns='u'><![CDATA[]]></a>|<a xmlns='u'/>",
                "<a xmlns='u'><![CDATA[]]]]><![CDATA[>]]></a>|<a xmlns='u'>]]&gt;</a>",
                "<a xmlns='u'><![CDATA[1%0D%0A2%0D]]></a>|<a xmlns='u'>1\\2\\</a>",
                "<a xmlns='u'>x<b/>y</a>|<a xmlns='u'>x<b/>y</a>",
                "<a xmlns='u'> <b/> </a>|<a xmlns='u'> <b/> </a>",
                "<a xmlns='u'>%7F%C2%80%C2%85%E2%80%A8</a>|<a xmlns='u'>\u007F\u0080\u0085\u2028</a>",
                "<a xmlns='u'>%ED%9F%BF%EE%80%80%EF%BF%BD%F0%9F%BF%BF%F4%8F%BF%BF</a>|<a xmlns='u'>\uD7FF\uE000\uFFFD\uD83F\uDFFF\uDBFF\uDFFF</a>",
                // names
                "<\u00E9t\u00E9 xmlns='u' \u00E0='1'/>|<\u00E9t\u00E9 xmlns='u' \u00E0='1'/>",
                "<_a-b.c1 xmlns='u'/>|<_a-b.c1 xmlns='u'/>",
                "<\u4E2D:\u6587 xmlns:\u4E2D='u'/>|<\u6587 xmlns='u'/>",
                "<xmlns xmlns='u'/>|<xmlns xmlns='u'/>"
            })
    void whatIsWellFormedIsReadAsXmlSays(String xml, String written) {
        assertEquals(List.of("nonza " + written.replace('\\', '\n')), inStream(xml));
    }

    @Test
    void blanksBetweenStanzasAreNothing() {
        assertEquals(
                List.of("nonza <a xmlns='u'/>", "nonza <b xmlns='u'/>", "closed"),
                inStream(" \r\n<a xmlns='u'/>\t\n <b xmlns='u'/> \n</stream:stream\n>  x<y"));
    }

    @Test
    void aStanzaInAnotherNamespaceIsNone() {
        assertEquals(List.of("nonza <message xmlns='u'/>"), inStream("<message xmlns='u'/>"));
        assertEquals(List.of("nonza <message/>"), inStream("<message xmlns=''/>"));
        assertEquals(List.of("nonza <message xmlns='jabber:server'/>"), inStream("<message xmlns='jabber:server'/>"));
        assertEquals(
                List.of("nonza <message xmlns='http://etherx.jabber.org/streams'/>"), inStream("<stream:message/>"));
        assertEquals(List.of("nonza <Message xmlns='jabber:client'/>"), inStream("<Message/>"));
    }

    @Test
    void aStanzaMayNameItsNamespaceInAnyWay() {
        List<String> message = List.of("stanza <message xmlns='jabber:client'><body>x</body></message>");
        assertEquals(message, inStream("<message><body>x</body></message>"));
        assertEquals(message, inStream("<message xmlns='jabber:client'><body>x</body></message>"));
        assertEquals(message, inStream("<message>\n <body>x</body>\n</message>"));
        assertEquals(message, inStream("<c:message xmlns:c='jabber:client'><body>x</body></c:message>"));
        assertEquals(message, inStream("<c:message xmlns:c='jabber:client' xmlns='u'><c:body>x</c:body></c:message>"));
    }

    @Test // RFC 6120 §8.3.3.8
    void anAddressThatIsNoneIsToldApart() {
        assertEquals(
                List.of("address <iq xmlns='jabber:client' to='@' id='1'><q xmlns='u'/></iq>"),
                inStream("<iq to='@' id='1'><q xmlns='u'/></iq>"));
        assertEquals(List.of("address <iq xmlns='jabber:client' from='a@b@c'/>"), inStream("<iq from='a@b@c'/>"));
        assertEquals(List.of("address <message xmlns='jabber:client' to=''/>"), inStream("<message to=''/>"));
    }

    @Test
    void storedXmlIsReadBack() {
        Element e = ElementParser.parse(Feeding.bytes(" <a xmlns='u'><message xmlns='jabber:client'/>x</a>\n"), "");
        assertEquals("<a xmlns='u'><message xmlns='jabber:client'/>x</a>", e.toString());
        assertEquals(
                Element.of("message", "jabber:client"),
                ElementParser.parse(Feeding.bytes("<message/>"), "jabber:client"));
        assertEquals(
                List.of(Element.of("a", "u"), Element.of("b", "u", "x")),
                ElementParser.parseFragment(Feeding.bytes("<a/> <b>x</b> "), "u"));
        assertEquals(List.of(), ElementParser.parseFragment(Feeding.bytes(" "), "u"));
        assertEquals(
                "<message to='a@b'><body>x</body></message>",
                ElementParser.parseStanza(
                                Feeding.bytes("<message xmlns='jabber:client' to='a@b'><body>x</body></message>"))
                        .toString());
        for (String bad : List.of("", "x", "<a>", "<a/>x", "<a/><b/>", "<a></b>", "<!-- -->", "</a>", "&lt;", "<a/")) {
            assertThrows(IllegalArgumentException.class, () -> ElementParser.parse(Feeding.bytes(bad), ""), bad);
            assertThrows(IllegalArgumentException.class, () -> ElementParser.parseStanza(Feeding.bytes(bad)), bad);
        }
        assertThrows(
                IllegalArgumentException.class, () -> ElementParser.parseStanza(Feeding.bytes("<message to='@'/>")));
        assertThrows(
                IllegalArgumentException.class, () -> ElementParser.parseStanza(Feeding.bytes("<message/><message/>")));
    }
}
