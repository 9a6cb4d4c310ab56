package org.skein.itests.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.skein.itests.support.Administrator.Answer;
import org.skein.itests.support.Await;
import org.skein.itests.support.ClusterNodes;
import org.skein.itests.support.StanzaClient;

/** Commands about sessions. */
final class SessionCases {
    private static final String SM = "urn:xmpp:sm:3";
    private static final Duration SOON = Duration.ofSeconds(1);

    private SessionCases() {}

    static Map<String, CommandCase> all() {
        CommandCase online = CommandCase.shared(SessionCases::online);
        CommandCase active = CommandCase.shared(SessionCases::active);
        return Map.of(
                "#end-user-session", SessionCases::end,
                "session:kick", SessionCases::kick,
                "session:list", SessionCases::list,
                "session:info", SessionCases::info,
                "#get-online-users-num", online,
                "#get-online-users-list", online,
                "#get-active-users-num", active,
                "#get-active-users", active,
                "#get-idle-users-num", active,
                "#get-idle-users", active);
    }

    private static void end(CommandStage on) throws Exception {
        String user = on.user();
        try (StanzaClient second = on.online(1, user);
                StanzaClient third = on.online(2, user);
                StanzaClient other = on.online(2, on.user())) {
            long asked = System.nanoTime();
            assertEquals(
                    1, on.run("#end-user-session", "accountjids=" + third.jid()).number("ended"));
            assertEquals("policy-violation", third.awaitStreamEnd());
            assertSoon(asked);
            second.chat(second.bare(), "goes on").awaitBody("goes on");
            try (StanzaClient again = on.online(2, user)) {
                assertEquals(
                        2,
                        on.run("#end-user-session", "accountjids=" + user + "@localhost")
                                .number("ended"));
                assertEquals("policy-violation", second.awaitStreamEnd());
                assertEquals("policy-violation", again.awaitStreamEnd());
            }
            other.chat(other.bare(), "others too").awaitBody("others too");
        }
        assertTrue(on.mayLogIn(1, user, StanzaClient.PASSWORD));
    }

    /** Not on a machine that is said to be slow. */
    private static void assertSoon(long since) {
        long took = System.nanoTime() - since;
        boolean isSlow = System.getProperty("skein.tests.patience") != null;
        assertTrue(isSlow || took < SOON.toNanos(), () -> "it took " + Duration.ofNanos(took));
    }

    private static void kick(CommandStage on) throws Exception {
        try (StanzaClient user = on.online(2, on.user())) {
            assertEquals(
                    1,
                    on.run("session:kick", "jid=" + user.bare(), "error=reset", "text=a new release")
                            .number("ended"));
            assertEquals("reset", user.awaitStreamEnd());
        }
        String nobody = on.user();
        assertEquals(0, on.run("session:kick", "jid=" + nobody + "@localhost").number("ended"));
    }

    private static void list(CommandStage on) throws Exception {
        String user = on.user();
        try (StanzaClient second = on.online(1, user);
                StanzaClient third = on.online(2, user)) {
            Answer listed = on.run("session:list", "part=" + user + "@");
            assertEquals(List.of(second.jid(), third.jid()), listed.column("jid"));
            assertEquals(List.of(ClusterNodes.name(1), ClusterNodes.name(2)), listed.column("node"));
            Answer page = on.run("session:list", "part=" + user + "@", "max=1");
            assertEquals(List.of(second.jid()), page.column("jid"));
            page = on.run("session:list", "part=" + user + "@", "max=1", "after=" + page.value("next"));
            assertEquals(List.of(third.jid()), page.column("jid"));
        }
    }

    private static void info(CommandStage on) throws Exception {
        String user = on.user();
        try (StanzaClient third = on.online(2, user)) {
            Map<String, String> row =
                    on.run("session:info", "jid=" + third.bare()).row();
            assertEquals(third.jid(), row.get("jid"));
            assertEquals(ClusterNodes.name(2), row.get("node"));
            assertTrue(row.get("security").startsWith("TLSv1.3"), row::toString);
        }
        assertTrue(on.admin()
                .refused("session:info", "jid=nobody-of-this-name@localhost")
                .startsWith("item-not-found"));
    }

    private static void online(CommandStage on) throws Exception {
        on.awaitOnline(1);
        List<StanzaClient> clients = new ArrayList<>();
        String everywhere = on.user();
        try {
            for (int node = 0; node < 3; node++) {
                clients.add(on.online(node, on.user()));
                clients.add(on.online(node, everywhere)); // counts once
            }
            assertEquals(5, on.run("#get-online-users-num").number("onlineusersnum"));
            List<String> paged = AccountCases.paged(on, "#get-online-users-list", "onlineuserjids", 2);
            Set<String> expected =
                    new TreeSet<>(clients.stream().map(StanzaClient::bare).toList());
            expected.add(on.admin().bare());
            assertEquals(List.copyOf(expected), paged);
        } finally {
            for (StanzaClient client : clients) client.close();
        }
        on.awaitOnline(1);
    }

    private static void active(CommandStage on) throws Exception {
        on.awaitOnline(1);
        String lost = on.user();
        try (StanzaClient second = on.online(1, on.user())) {
            try (StanzaClient gone = on.online(2, lost)) {
                gone.send("<enable xmlns='" + SM + "' resume='true'/>");
                gone.await("enabled", x -> x.is("enabled", SM));
            } // its connection is cut, its session waits: that is idle
            Await.until("an idle user", () -> on.run("#get-idle-users-num").number("idleusersnum") == 1);
            assertEquals(List.of(lost + "@localhost"), on.run("#get-idle-users").all("idleuserjids"));
            assertEquals(2, on.run("#get-active-users-num").number("activeusersnum"));
            assertEquals(
                    Set.of(second.bare(), on.admin().bare()),
                    Set.copyOf(on.run("#get-active-users").all("activeuserjids")));
            try (StanzaClient elsewhere = on.online(1, lost)) { // active on one node is not idle
                assertEquals(0, on.run("#get-idle-users-num").number("idleusersnum"), elsewhere::jid);
                assertEquals(3, on.run("#get-active-users-num").number("activeusersnum"));
                elsewhere.logOut();
            }
        }
        on.run("#end-user-session", "accountjids=" + lost + "@localhost");
        on.awaitOnline(1);
    }
}
