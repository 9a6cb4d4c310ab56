package org.skein.itests.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.skein.itests.support.Await;
import org.skein.itests.support.ClusterNodes;
import org.skein.itests.support.Command;
import org.skein.itests.support.ServerProcess;
import org.skein.itests.support.SharedNode;
import org.skein.itests.support.StanzaClient;
import org.skein.itests.support.Xml;
import org.skein.testkit.storage.MariaDb;

/** A command asks all nodes, and says which did not answer. */
@EnabledIf("org.skein.itests.support.ClusterNodes#arePossible")
class CommandsAcrossNodesTest {
    private static final String COUNT = "user:online-count";
    private static final String ONLINE = "<command xmlns='http://jabber.org/protocol/commands' action='execute'"
            + " node='http://jabber.org/protocol/admin#get-online-users-num'/>";

    @Test
    void totalsAreThoseOfAllNodesAndANodeThatHangsIsNamed() throws Exception {
        try (ClusterNodes nodes = ClusterNodes.create(
                        MariaDb.shared(), "commands", 2, "cluster-silence-ms=60000") // it hangs, and is not excluded
                .start()) {
            ServerProcess first = nodes.node(0);
            ServerProcess second = nodes.node(1);
            first.addUser(SharedNode.ADMIN + "@localhost", StanzaClient.PASSWORD);
            try (StanzaClient admin = StanzaClient.online(first, SharedNode.ADMIN, "desk");
                    StanzaClient one = StanzaClient.online(first, StanzaClient.register(first), "x");
                    StanzaClient other = StanzaClient.online(second, StanzaClient.register(second), "x")) {
                assertEquals(3, Set.of(admin.bare(), one.bare(), other.bare()).size());
                for (ServerProcess node : List.of(first, second)) {
                    String counted = node.skein("ctl", COUNT).succeeds().output();
                    assertEquals("The number of online users: 3\n", counted);
                }
                second.pause();
                try {
                    Command partial = first.skein("ctl", COUNT).exits(3);
                    assertEquals(
                            List.of(
                                    "The number of online users: 2",
                                    ClusterNodes.name(1) + ": outcome unknown: no answer within 3 s"),
                            partial.output().lines().sorted().toList(),
                            partial::output);
                    Xml answer = admin.iq("set", "localhost", ONLINE);
                    Xml note = answer.find("command", "http://jabber.org/protocol/commands")
                            .flatMap(c -> c.find("note", "http://jabber.org/protocol/commands"))
                            .orElseThrow(() -> new AssertionError(answer.toString()));
                    assertEquals("warn", note.get("type"));
                    assertTrue(note.text().startsWith(ClusterNodes.name(1)), note::toString);
                } finally {
                    second.resume();
                }
                assertEquals(
                        "The number of online users: 3\n",
                        first.skein("ctl", COUNT).succeeds().output());
            }
        }
    }

    private static boolean isBack(StanzaClient by, String to, String error) throws Exception {
        String id = by.nextId();
        by.send("<message type='chat' id='" + id + "' to='" + to + "'><body>hello</body></message>");
        Xml answer = by.await("an answer to " + id, x -> id.equals(x.get("id")));
        return answer.error().equals(error);
    }

    @Test
    void aBlacklistTraceAndListOfNodesAreOfTheWholeCluster() throws Exception {
        try (ClusterNodes nodes =
                ClusterNodes.create(MariaDb.shared(), "administration", 2).start()) {
            ServerProcess first = nodes.node(0);
            ServerProcess second = nodes.node(1);
            try (StanzaClient mallory = StanzaClient.online(second, StanzaClient.register(first), "x");
                    StanzaClient one = StanzaClient.online(first, StanzaClient.register(first), "x");
                    StanzaClient other = StanzaClient.online(second, StanzaClient.register(second), "x")) {
                first.skein("ctl", "server:edit-blacklist", "add", mallory.bare())
                        .succeeds();
                assertTrue(isBack(mallory, one.bare(), "auth/forbidden"));
                assertTrue(isBack(other, mallory.bare(), "cancel/not-allowed"));
                assertTrue(isBack(one, mallory.bare(), "cancel/not-allowed"));
                other.chat(one.bare(), "among friends");
                one.awaitBody("among friends");
                assertTrue(second.shell("server:blacklist").contains(mallory.bare()));

                second.kill();
                nodes.start(); // it is kept
                try (StanzaClient again =
                        StanzaClient.online(second, mallory.bare().split("@")[0], "y")) {
                    Await.until("it has read the list", () -> isBack(again, one.bare(), "auth/forbidden"));
                    first.skein("ctl", "server:edit-blacklist", "replace").succeeds();
                    again.chat(one.bare(), "reformed");
                    one.awaitBody("reformed");
                }

                String listed = first.skein("ctl", "cluster:nodes").succeeds().output();
                for (int i = 0; i < 2; i++) {
                    String name = ClusterNodes.name(i);
                    assertTrue(listed.lines().anyMatch(l -> l.startsWith(name) && l.contains("broadcast")), listed);
                }
            }
        }
    }
}
