package org.skein.itests.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.skein.itests.support.Administrator.Answer;
import org.skein.itests.support.Await;
import org.skein.itests.support.ClusterNodes;
import org.skein.itests.support.StanzaClient;
import org.skein.itests.support.Xml;

/** Commands about who may communicate, about the nodes of the cluster and what runs on them. */
final class NodeCases {
    private static final String BUNDLE = "org.skein.cluster.strategy.directory";

    private NodeCases() {}

    static Map<String, CommandCase> all() {
        CommandCase black = CommandCase.shared(NodeCases::blacklist);
        CommandCase white = CommandCase.shared(NodeCases::whitelist);
        CommandCase feature = CommandCase.shared(NodeCases::feature);
        CommandCase bundle = CommandCase.shared(NodeCases::bundle);
        CommandCase drain = CommandCase.shared(NodeCases::drain);
        return Map.ofEntries(
                Map.entry("#edit-blacklist", black),
                Map.entry("server:blacklist", black),
                Map.entry("#edit-whitelist", white),
                Map.entry("server:whitelist", white),
                Map.entry("feature:list", feature),
                Map.entry("feature:install", feature),
                Map.entry("feature:uninstall", feature),
                Map.entry("bundle:start", bundle),
                Map.entry("bundle:stop", bundle),
                Map.entry("session:trace", NodeCases::trace),
                Map.entry("cluster:nodes", NodeCases::nodes),
                Map.entry("cluster:strategy", NodeCases::strategy),
                Map.entry("cluster:drain", drain),
                Map.entry("cluster:join", drain),
                Map.entry("#restart", NodeCases::restart));
    }

    private static boolean arrives(StanzaClient from, StanzaClient to) throws Exception {
        String id = from.nextId();
        from.send("<message type='chat' id='" + id + "' to='" + to.bare() + "'><body>" + id + "</body></message>");
        from.iq("get", "localhost", "<ping xmlns='urn:xmpp:ping'/>"); // an error would have come before its answer
        if (from.soFar().stream().anyMatch(x -> id.equals(x.get("id")) && "error".equals(x.get("type")))) return false;
        to.awaitBody(id);
        return true;
    }

    private static void blacklist(CommandStage on) throws Exception {
        try (StanzaClient second = on.online(1, on.user());
                StanzaClient third = on.online(2, on.user())) {
            on.run("#edit-blacklist", "blacklistjids=" + third.bare());
            assertEquals(List.of(third.bare()), on.run("server:blacklist").all("blacklistjids"));
            Await.until("third is shut out", () -> !arrives(third, second) && !arrives(second, third));
            on.run("#edit-blacklist", "change=replace");
            assertEquals(List.of(), on.run("server:blacklist").all("blacklistjids"));
            Await.until("third is back", () -> arrives(third, second) && arrives(second, third));
        }
    }

    private static void whitelist(CommandStage on) throws Exception {
        try (StanzaClient second = on.online(1, on.user());
                StanzaClient third = on.online(2, on.user())) {
            on.run("#edit-whitelist", "whitelistjids=friends.example");
            assertEquals(List.of("friends.example"), on.run("server:whitelist").all("whitelistjids"));
            assertTrue(arrives(second, third), "own users always may");
            Xml refused = third.iq("get", "strangers.example", "<ping xmlns='urn:xmpp:ping'/>");
            assertEquals("error", refused.get("type"));
            assertEquals("cancel/not-allowed", refused.error());
            on.run("#edit-whitelist", "change=replace");
            assertEquals(List.of(), on.run("server:whitelist").all("whitelistjids"));
        }
    }

    private static List<String> states(CommandStage on, String feature) throws Exception {
        return on.run("feature:list").rows().stream()
                .filter(r -> r.get("name").equals(feature))
                .map(r -> r.get("state"))
                .toList();
    }

    private static void feature(CommandStage on) throws Exception {
        List<String> before = states(on, "scripts");
        assertEquals(3, before.size());
        on.run("feature:install", "name=scripts");
        List<String> after = states(on, "scripts");
        assertEquals(3, after.size());
        assertTrue(after.stream().noneMatch(before::contains), () -> before + " and then " + after);
        Await.until("scripts can be listed", () -> on.admin().offered().contains("script:list"));
        on.run("feature:uninstall", "name=scripts");
        assertEquals(before, states(on, "scripts"));
        Await.until("no scripts any more", () -> !on.admin().offered().contains("script:list"));
    }

    private static void bundle(CommandStage on) throws Exception {
        on.assertOnAll(on.run("bundle:list", "name=" + BUNDLE), "state", "active");
        on.assertOnAll(on.run("bundle:stop", "name=" + BUNDLE), "state", "resolved");
        on.assertOnAll(on.run("bundle:list", "name=" + BUNDLE), "state", "resolved");
        on.assertOnAll(on.run("bundle:start", "name=" + BUNDLE), "state", "active");
        assertTrue(on.admin().refused("bundle:start", "name=org.example.nobody").contains("no bundle"));
    }

    private static void trace(CommandStage on) throws Exception {
        AtomicBoolean isOver = new AtomicBoolean();
        try (StanzaClient third = on.online(2, on.user())) {
            Thread writes = new Thread(() -> {
                try {
                    while (!isOver.get()) third.chat(third.bare(), "a secret").awaitBody("a secret");
                } catch (IOException closed) {
                    isOver.set(true);
                }
            });
            writes.start();
            Answer traced = on.run("session:trace", "jid=" + third.bare(), "seconds=2", "max=5");
            isOver.set(true);
            writes.join();
            assertEquals(5, traced.rows().size(), traced::toString);
            for (Map<String, String> row : traced.rows()) {
                assertEquals(ClusterNodes.name(2), row.get("node"));
                assertTrue(row.get("stanza").contains("message chat"), row::toString);
            }
            assertFalse(traced.toString().contains("secret"), traced::toString);
        } finally {
            isOver.set(true);
        }
    }

    private static void nodes(CommandStage on) throws Exception {
        Map<String, Map<String, String>> rows = on.run("cluster:nodes").rows().stream()
                .collect(Collectors.toMap(r -> r.get("node").replace(" *", ""), r -> r));
        for (int i = 0; i < 3; i++) {
            Map<String, String> row = rows.get(ClusterNodes.name(i));
            assertEquals("serving", row.get("state"), rows::toString);
            assertEquals(i == 0 ? "-" : "up", row.get("link"), rows::toString);
        }
    }

    private static String inUse(Answer shown) {
        return shown.rows().stream()
                .filter(r -> r.get("state").contains("in use") || r.get("state").contains("active"))
                .map(r -> r.get("strategy"))
                .collect(Collectors.joining());
    }

    private static void strategy(CommandStage on) throws Exception {
        assertTrue(on.admin().refused("cluster:strategy", "name=magic").contains("directory"), "says which there are");
        on.run("cluster:strategy", "name=online", "all=true");
        for (int i = 0; i < 3; i++) {
            assertTrue(on.node(i)
                    .skein("ctl", "cluster:strategy")
                    .succeeds()
                    .output()
                    .lines()
                    .anyMatch(l -> l.startsWith("online") && !l.contains("idle")));
        }
        assertEquals("online", inUse(on.run("cluster:strategy")));
        on.run("cluster:strategy", "name=broadcast", "all=true");
        assertEquals("broadcast", inUse(on.run("cluster:strategy")));
    }

    private static void drain(CommandStage on) throws Exception {
        try (StanzaClient third = on.online(2, on.user())) {
            on.run("cluster:drain", "node=" + ClusterNodes.name(2), "rate=0");
            third.awaitStreamEnd();
            Await.until(
                    "it is out of the view",
                    () -> on.run("cluster:nodes").rows().stream()
                            .noneMatch(r -> r.get("node").startsWith(ClusterNodes.name(2))
                                    && r.get("state").equals("serving")));
        }
        on.node(2).skein("ctl", "cluster:join").succeeds();
        Await.until(
                "it is back",
                () -> on.run("cluster:nodes").rows().stream()
                                .filter(r -> r.get("state").equals("serving"))
                                .count()
                        == 3);
        try (StanzaClient again = on.online(2, on.user())) {
            again.chat(again.bare(), "back").awaitBody("back");
        }
    }

    /** That the process really comes back is tried where nothing else hangs on it. */
    private static void restart(CommandStage on) throws Exception {
        try (StanzaClient third = on.online(2, on.user())) {
            on.assertOnAll(
                    on.run("#restart", "delay=3600", "announcement=in an hour", "node="),
                    "state",
                    "restarts in 3600 s");
            third.awaitBody("in an hour");
            on.assertOnAll(on.run("server:cancel"), "state", "goes on; the stop is taken back");
        }
    }
}
