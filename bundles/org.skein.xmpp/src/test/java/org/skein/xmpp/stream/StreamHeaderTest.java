package org.skein.xmpp.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 6120 §4.7, §4.8, §11.5, §11.6. */
class StreamHeaderTest {
    private static final String NAMESPACES = "xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'";
    private static final String PLAIN = "<stream:stream " + NAMESPACES + ">";

    private static List<String> read(String xml) {
        return Feeding.everyWay(Feeding.bytes(xml), XmlStreamParser.Limits.BEFORE_LOGIN);
    }

    private static List<String> opened(String attributes, String defaultNamespace) {
        return List.of(
                "opened " + defaultNamespace + " <stream xmlns='http://etherx.jabber.org/streams'" + attributes + "/>");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " \r\n\t",
                "<?xml version='1.0'?>",
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
                "<?xml version='1.0' encoding='utf-8' standalone='yes' ?>",
                "<?xml\tversion = '1.0' standalone='no'?>\r\n ",
                "%EF%BB%BF",
                "%EF%BB%BF<?xml version='1.0'?>"
            })
    void theHeaderMayFollowADeclaration(String before) {
        assertEquals(
                opened(" to='a.example' version='1.0'", "jabber:client"),
                read(before + "<stream:stream to='a.example' version='1.0' " + NAMESPACES + ">"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<?xml?>|restricted-xml",
                "<?xml ?>|not-well-formed",
                "<?xml version='1.1'?>|not-well-formed",
                "<?xml version='1.0' version='1.0'?>|not-well-formed",
                "<?xml encoding='UTF-8'?>|not-well-formed",
                "<?xml version='1.0' standalone='maybe'?>|not-well-formed",
                "<?xml version='1.0' standalone='yes' encoding='UTF-8'?>|not-well-formed",
                "<?xml version='1.0'encoding='UTF-8'?>|not-well-formed",
                "<?xml version='1.0' x='y'?>|not-well-formed",
                "<?xml version=1.0?>|not-well-formed",
                "<?xml version='1.0'>|not-well-formed",
                "<?xml version='1.0' encoding='UTF-16'?>|unsupported-encoding",
                "<?xml version='1.0' encoding='ISO-8859-1'?>|unsupported-encoding",
                "<?xml version='1.0' encoding='US-ASCII'?>|unsupported-encoding",
                "<?xml version='1.0'?><?xml version='1.0'?>|restricted-xml",
                "%20<?xml version='1.0'?>|restricted-xml",
                "<?xml-stylesheet href='x'?>|restricted-xml",
                "<?x?>|restricted-xml",
                "<!DOCTYPE stream>|restricted-xml",
                "<!-- x -->|restricted-xml",
                "<?xml version='1.0'?><!DOCTYPE stream [<!ENTITY a 'b'>]>|restricted-xml",
                "x|not-well-formed",
                "GET / HTTP/1.1%0D%0A|not-well-formed",
                "%16%03%01%00|not-well-formed",
                "%00|unsupported-encoding",
                "%FE%FF%00<|unsupported-encoding",
                "%FF%FE<%00|unsupported-encoding",
                "%00<%00?|unsupported-encoding",
                "%EF%BB|not-well-formed",
                "%EF%BB%BF%EF%BB%BF|not-well-formed",
                "</stream:stream>|not-well-formed",
                "<![CDATA[x]]>|not-well-formed",
                "<|not-well-formed",
                "<html>|bad-format",
                "<message to='a@b'>|bad-format",
                "<stream:features xmlns:stream='http://etherx.jabber.org/streams'>|bad-format",
                "<stream>|invalid-namespace",
                "<stream xmlns='jabber:client'>|invalid-namespace",
                "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams/'>|invalid-namespace",
                "<stream:stream xmlns='jabber:client' xmlns:stream=''>|not-well-formed",
                "<stream:stream xmlns='jabber:client'>|bad-namespace-prefix",
                "<stream:stream a='1' a='2'>|not-well-formed",
                "<stream:stream a='&x;'>|restricted-xml",
                "<stream:stream a='%FF'>|not-well-formed"
            })
    void anythingElseIsRefused(String xml, String condition) {
        assertEquals(List.of("error " + condition), read(xml + PLAIN));
    }

    @Test
    void aPrefixOfAnyNameWillDo() {
        assertEquals(
                opened("", "jabber:client"),
                read("<s:stream xmlns='jabber:client' xmlns:s='http://etherx.jabber.org/streams'>"));
        List<String> events = read(
                "<stream xmlns='http://etherx.jabber.org/streams'><message xmlns='jabber:client'/><features/></stream>");
        assertEquals(
                List.of(
                        opened("", "http://etherx.jabber.org/streams").get(0),
                        "stanza <message xmlns='jabber:client'/>",
                        "nonza <features xmlns='http://etherx.jabber.org/streams'/>",
                        "closed"),
                events);
    }

    @Test
    void prefixesOfTheHeaderHoldInTheStream() {
        List<String> events = read("<s:stream xmlns='jabber:client' xmlns:s='http://etherx.jabber.org/streams'"
                + " xmlns:db='jabber:server:dialback' db:x='1' xml:lang='en'>"
                + "<db:result/><message><db:x/></message></s:stream>");
        assertEquals(
                List.of(
                        opened(" xmlns:a0='jabber:server:dialback' a0:x='1' xml:lang='en'", "jabber:client")
                                .get(0),
                        "nonza <result xmlns='jabber:server:dialback'/>",
                        "stanza <message xmlns='jabber:client'><x xmlns='jabber:server:dialback'/></message>",
                        "closed"),
                events);
    }

    @ParameterizedTest // RFC 6120 §4.8.2
    @ValueSource(strings = {"jabber:client", "jabber:server", "jabber:component:accept"})
    void theContentNamespaceIsReadAsThatOfClients(String namespace) {
        List<String> events =
                read(PLAIN.replace("jabber:client", namespace) + "<message><body>x</body><x xmlns='u'/></message><a/>");
        assertEquals(opened("", namespace).get(0), events.get(0));
        assertEquals("stanza <message xmlns='jabber:client'><body>x</body><x xmlns='u'/></message>", events.get(1));
        assertEquals("nonza <a xmlns='jabber:client'/>", events.get(2));
    }

    @Test
    void anotherContentNamespaceIsLeftToTheSink() {
        List<String> events = read(PLAIN.replace("jabber:client", "u") + "<message/>");
        assertEquals(List.of(opened("", "u").get(0), "nonza <message xmlns='u'/>"), events);
    }

    @Test
    void anEmptyStreamIsOpenedAndClosed() {
        assertEquals(
                List.of(opened("", "jabber:client").get(0), "closed"), read(PLAIN.replace(">", "/>") + "<message/>"));
    }

    @Test
    void theHeaderIsLimitedInSize() {
        String header = PLAIN.replace(">", " x='") + "y".repeat(8192);
        assertEquals(
                List.of("error policy-violation"),
                Feeding.whole(Feeding.bytes(header), XmlStreamParser.Limits.BEFORE_LOGIN).events);
    }
}
