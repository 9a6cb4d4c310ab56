package org.skein.im.internal.disco;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.skein.api.component.Component;
import org.skein.api.disco.DiscoContributor;
import org.skein.api.disco.DiscoInfo;
import org.skein.api.disco.DiscoItem;
import org.skein.api.disco.DiscoRequest;
import org.skein.api.session.StreamFeatures.Phase;
import org.skein.api.storage.RosterItem;
import org.skein.api.storage.RosterItem.Subscription;
import org.skein.im.internal.ImServer;
import org.skein.im.internal.TestServer;
import org.skein.im.internal.ping.Ping;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Ns;
import org.skein.xmpp.Stanza;

class DiscoTest {
    private static final Element INFO = Element.of("query", InfoAnswer.INFO);
    private static final Element ITEMS = Element.of("query", Disco.ITEMS);

    /** Offers one node, {@code known}. */
    private static final class OneNode implements DiscoContributor {
        String feature = "urn:test";

        @Override
        public void info(DiscoRequest request, DiscoInfo info) {
            if (request.node().equals("known")) info.found();
            if (request.node().isEmpty()) info.feature(feature);
        }

        @Override
        public List<DiscoItem> items(DiscoRequest request) {
            return request.node().isEmpty() && request.isHost()
                    ? List.of(new DiscoItem(request.subject(), "known", "A node"))
                    : List.of();
        }
    }

    private final ImServer im = new ImServer();
    private final TestServer server = im.server;
    private final OneNode node = new OneNode();
    private long nanos;
    private ServerCaps caps;
    private TestServer.Client anna;

    @BeforeEach
    void wire() {
        Component echo = (Component) Proxy.newProxyInstance(
                Component.class.getClassLoader(), new Class<?>[] {Component.class}, (proxy, method, args) -> {
                    assertEquals("description", method.getName());
                    return "Echo";
                });
        DiscoContributor broken = new DiscoContributor() {
            @Override
            public void info(DiscoRequest request, DiscoInfo info) {
                throw new IllegalStateException("a contributor that fails");
            }
        };
        ContactAddresses contact = new ContactAddresses(TestServer.config(
                ContactAddresses.Config.class,
                Map.of("addresses", new String[] {"abuse=mailto:a@x", "abuse = xmpp:b@x", "nonsense=x"})));
        Disco disco = new Disco(
                () -> Map.of("echo.localhost", echo, "echo.other", echo),
                List.of(new ServerFeatures(), new Ping(), node, broken, contact));
        caps = new ServerCaps(disco, () -> nanos);
        server.add(new DiscoRequests(disco, caps, im.rosters));
        server.add(new Ping());
        anna = server.login("anna@localhost/pc");
    }

    private static Set<String> features(Stanza result) {
        return result.firstChild().orElseThrow().children().stream()
                .filter(e -> e.name().equals("feature"))
                .map(e -> e.attribute("var", ""))
                .collect(java.util.stream.Collectors.toSet());
    }

    private static String condition(Stanza error) {
        return error.child("error", Ns.CLIENT)
                .orElseThrow()
                .firstChild()
                .orElseThrow()
                .name();
    }

    @Test // XEP-0030 §3.1
    void aHostTellsWhatItIsAndOffers() {
        Stanza result = anna.asks("get", "localhost", INFO);
        Element identity = result.firstChild()
                .orElseThrow()
                .child("identity", InfoAnswer.INFO)
                .orElseThrow();
        assertEquals("server", identity.attribute("category", ""));
        assertEquals("im", identity.attribute("type", ""));
        assertTrue(features(result)
                .containsAll(Set.of(InfoAnswer.INFO, Disco.ITEMS, "msgoffline", "urn:xmpp:ping", "urn:test")));
    }

    @Test // XEP-0030 §4.1
    void theHostsItemsAreItsComponentsAndNodes() {
        List<String> items = anna.asks("get", "localhost", ITEMS).firstChild().orElseThrow().children().stream()
                .map(i -> i.attribute("jid", "") + " " + i.attribute("node", "") + " " + i.attribute("name", ""))
                .toList();
        assertEquals(List.of("echo.localhost  Echo", "localhost known A node"), items);
    }

    @Test // XEP-0030 §3.2, §7
    void anUnknownNodeIsNotFound() {
        assertEquals("item-not-found", condition(anna.asks("get", "localhost", INFO.with("node", "other"))));
        assertEquals("item-not-found", condition(anna.asks("get", "localhost", ITEMS.with("node", "other"))));
        assertEquals("item-not-found", condition(anna.asks("get", "", INFO.with("node", "other"))));
        Stanza known = anna.asks("get", "localhost", INFO.with("node", "known"));
        assertEquals("known", known.firstChild().orElseThrow().attribute("node", ""));
        assertEquals(
                "result",
                anna.asks("get", "localhost", ITEMS.with("node", "known")).type());
    }

    @Test // XEP-0030 §8
    void theOwnAccountAnswers() {
        for (String to : List.of("", "anna@localhost")) {
            Stanza result = anna.asks("get", to, INFO);
            Element identity = result.firstChild()
                    .orElseThrow()
                    .child("identity", InfoAnswer.INFO)
                    .orElseThrow();
            assertEquals("account", identity.attribute("category", ""));
            assertEquals("registered", identity.attribute("type", ""));
            assertTrue(features(result).contains("urn:test"));
        }
    }

    @Test // XEP-0030 §8: no difference between an account that does not tell and one that is not there
    void anAccountAnswersThoseOnlyWhoMaySeeItsPresence() {
        server.create("ben@localhost", "cora@localhost");
        server.storage
                .rosters()
                .put(
                        Jid.of("cora@localhost"),
                        new RosterItem(
                                Jid.of("anna@localhost"),
                                "",
                                Set.of(),
                                Subscription.FROM,
                                false,
                                false,
                                false,
                                true,
                                ""));
        assertEquals("service-unavailable", condition(anna.asks("get", "ben@localhost", INFO)));
        assertEquals("service-unavailable", condition(anna.asks("get", "nobody@localhost", INFO)));
        assertEquals("service-unavailable", condition(anna.asks("get", "ben@localhost", ITEMS)));
        assertEquals("result", anna.asks("get", "cora@localhost", INFO).type());
        assertEquals("result", anna.asks("get", "cora@localhost", ITEMS).type());
    }

    @Test
    void aSetIsRefused() {
        assertEquals("not-allowed", condition(anna.asks("set", "localhost", INFO)));
    }

    @Test // XEP-0115 §5.2
    void theHashIsThatOfTheSpecificationsExample() {
        InfoAnswer info = new InfoAnswer();
        info.identity("client", "pc", "Exodus 0.9.1");
        info.features(List.of(
                "http://jabber.org/protocol/disco#info",
                "http://jabber.org/protocol/disco#items",
                "http://jabber.org/protocol/muc",
                "http://jabber.org/protocol/caps"));
        assertEquals("QgayPKawpkPSDYmwT/WM94uAlu0=", CapsHash.of(info));
    }

    @Test // XEP-0115 §6.3
    void theStreamFeatureNamesTheHostsCapabilities() {
        Element c = caps.features(Phase.AFTER_LOGIN, "localhost", true).get(0);
        assertEquals("sha-1", c.attribute("hash", ""));
        String node = c.attribute("node", "") + "#" + c.attribute("ver", "");
        Stanza result = anna.asks("get", "localhost", INFO.with("node", node));
        assertEquals(node, result.firstChild().orElseThrow().attribute("node", ""));
        assertTrue(features(result).contains("urn:test"));
        assertTrue(caps.features(Phase.BEFORE_LOGIN, "localhost", true).isEmpty());
    }

    @Test
    void theCapabilitiesFollowWhatContributorsSay() {
        Element before = caps.features(Phase.AFTER_LOGIN, "localhost", true).get(0);
        node.feature = "urn:other";
        assertEquals(before, caps.features(Phase.AFTER_LOGIN, "localhost", true).get(0));
        nanos += TimeUnit.SECONDS.toNanos(11);
        assertNotEquals(
                before, caps.features(Phase.AFTER_LOGIN, "localhost", true).get(0));
    }

    @Test // XEP-0157 §3, XEP-0128
    void contactAddressesAreAFormOfTheHost() {
        Element form = anna.asks("get", "localhost", INFO)
                .firstChild()
                .orElseThrow()
                .child("x", "jabber:x:data")
                .orElseThrow();
        assertEquals(
                List.of("FORM_TYPE [http://jabber.org/network/serverinfo]", "abuse-addresses [mailto:a@x, xmpp:b@x]"),
                form.children().stream()
                        .map(f -> f.attribute("var", "") + " "
                                + f.children().stream().map(Element::text).toList())
                        .toList());
        assertTrue(anna.asks("get", "", INFO)
                .firstChild()
                .orElseThrow()
                .child("x", "jabber:x:data")
                .isEmpty());
    }

    @Test // XEP-0199 §4.1, §4.2
    void hostAndOwnAccountAnswerPings() {
        Element ping = Element.of("ping", "urn:xmpp:ping");
        for (String to : List.of("", "localhost", "anna@localhost")) {
            Stanza pong = anna.asks("get", to, ping);
            assertEquals("result", pong.type(), to);
            assertTrue(pong.payload().isEmpty());
        }
        server.create("ben@localhost");
        assertEquals("service-unavailable", condition(anna.asks("get", "ben@localhost", ping)));
        assertEquals("bad-request", condition(anna.asks("set", "localhost", ping)));
    }

    private static Element items(String... set) {
        Element.Builder asked = Element.builder("set", ResultSet.RSM);
        for (int i = 0; i < set.length; i += 2) asked.child(Element.of(set[i], ResultSet.RSM, set[i + 1]));
        return ITEMS.with(asked.build());
    }

    /** Ids of the items, first, last, index and count. */
    private static String page(Stanza result) {
        Element query = result.firstChild().orElseThrow();
        Element set = query.child("set", ResultSet.RSM).orElseThrow();
        String items = query.children().stream()
                .filter(e -> e.name().equals("item"))
                .map(e -> e.attribute("jid", "") + e.attribute("node", ""))
                .collect(java.util.stream.Collectors.joining(","));
        String place = set.child("first", ResultSet.RSM)
                .map(f -> f.attribute("index", "") + " " + f.text() + " to "
                        + set.child("last", ResultSet.RSM).orElseThrow().text())
                .orElse("");
        return items + "; " + place + "; "
                + set.child("count", ResultSet.RSM).orElseThrow().text();
    }

    @Test // XEP-0059 §2
    void itemsAreToldInPages() {
        assertEquals(
                "echo.localhost; 0 echo.localhost to echo.localhost; 2",
                page(anna.asks("get", "localhost", items("max", "1"))));
        assertEquals(
                "localhostknown; 1 localhost known to localhost known; 2",
                page(anna.asks("get", "localhost", items("max", "1", "after", "echo.localhost"))));
        assertEquals("; ; 2", page(anna.asks("get", "localhost", items("max", "5", "after", "localhost known"))));
        assertEquals(
                "localhostknown; 1 localhost known to localhost known; 2",
                page(anna.asks("get", "localhost", items("max", "1", "before", ""))));
        assertEquals(
                "echo.localhost; 0 echo.localhost to echo.localhost; 2",
                page(anna.asks("get", "localhost", items("max", "9", "before", "localhost known"))));
        assertEquals(
                "localhostknown; 1 localhost known to localhost known; 2",
                page(anna.asks("get", "localhost", items("max", "9", "index", "1"))));
        assertEquals("; ; 2", page(anna.asks("get", "localhost", items("max", "0"))));
        assertEquals(
                "echo.localhost,localhostknown; 0 echo.localhost to localhost known; 2",
                page(anna.asks("get", "localhost", items())));
    }

    @Test // XEP-0059 §2.2
    void aPageThereCannotBeIsAnError() {
        assertEquals("item-not-found", condition(anna.asks("get", "localhost", items("after", "no such"))));
        assertEquals("bad-request", condition(anna.asks("get", "localhost", items("max", "many"))));
        assertEquals("bad-request", condition(anna.asks("get", "localhost", items("max", "-1"))));
        assertEquals("bad-request", condition(anna.asks("get", "localhost", items("index", "99999999999"))));
    }
}
