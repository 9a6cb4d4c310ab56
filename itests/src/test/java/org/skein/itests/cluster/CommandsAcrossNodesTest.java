package org.skein.itests.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
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
}
