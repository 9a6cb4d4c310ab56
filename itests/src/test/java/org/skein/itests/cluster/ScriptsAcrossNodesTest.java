package org.skein.itests.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
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

/** A script dropped on one node is a command of all, as long as it is there. */
@EnabledIf("org.skein.itests.support.ClusterNodes#arePossible")
class ScriptsAcrossNodesTest {
    private static final String WHERE = """
            // name: test:where
            // title: Who answers
            // field: word text "Word"
            // scope: all
            [word: "$word from ${call.node()}", sessions: sessions.all().findAll { it.isConnected() }.size()]
            """;
    private static final String ENDLESS = """
            // name: test:endless
            // title: Never ends
            // deadline: 1
            while (true) {}
            """;

    private static void drop(ServerProcess node, String file, String text) throws IOException {
        Files.writeString(node.resolve("scripts/" + file), text);
    }

    private static void awaitAnswer(ServerProcess node, String expected, String... words) {
        String[] last = {""};
        Await.until(
                String.join(" ", words) + " answers " + expected,
                Await.LONG,
                () -> {
                    last[0] = node.skein(words).output();
                    return last[0].contains(expected);
                },
                () -> " but " + last[0]);
    }

    @Test
    void aScriptIsACommandOnAllNodesAndOneThatNeverEndsIsEnded() throws Exception {
        try (ClusterNodes nodes = ClusterNodes.create(MariaDb.shared(), "scripts", 2, "features=core,scripts")
                .start()) {
            ServerProcess first = nodes.node(0);
            ServerProcess second = nodes.node(1);
            first.addUser(SharedNode.ADMIN + "@localhost", StanzaClient.PASSWORD);
            try (StanzaClient admin = StanzaClient.online(first, SharedNode.ADMIN, "desk")) {
                drop(first, "where.groovy", WHERE);
                awaitAnswer(second, ClusterNodes.name(0), "ctl", "test:where", "hi");
                Command answer = second.skein("ctl", "test:where", "hi").succeeds();
                List<String> rows = answer.output()
                        .lines()
                        .filter(l -> l.contains("hi from"))
                        .map(l -> l.replaceAll("[^A-Za-z0-9.]+", " ").strip())
                        .toList();
                assertEquals(
                        List.of(
                                ClusterNodes.name(0) + " hi from " + ClusterNodes.name(0) + " 1",
                                ClusterNodes.name(1) + " hi from " + ClusterNodes.name(1) + " 0"),
                        rows,
                        answer::output);
                second.skein("ctl", "test:where").exits(2); // a field is missing

                Xml list = admin.iq(
                        "get",
                        "localhost",
                        "<query xmlns='http://jabber.org/protocol/disco#items'"
                                + " node='http://jabber.org/protocol/commands'/>");
                assertTrue(list.toString().contains("urn:skein:command:test:where"), list::toString);

                drop(second, "where.groovy", WHERE.replace("\"$word from", "\"changed, $word from"));
                awaitAnswer(first, "changed, hi from " + ClusterNodes.name(0), "ctl", "test:where", "hi");

                drop(first, "where.groovy", WHERE + "nothing()\n");
                awaitAnswer(first, "script where.groovy line 6: MissingMethodException", "ctl", "test:where", "hi");
                second.skein("ctl", "test:where", "hi").exits(1);

                drop(second, "endless.groovy", ENDLESS);
                awaitAnswer(first, "test:endless", "ctl", "--list");
                Command endless = first.skein("ctl", "test:endless").exits(3);
                assertTrue(endless.output().contains("no answer within 1 s"), endless::output);
                Await.until("the loop is ended", () -> first.log().contains("what=script_ended file=endless.groovy"));
                assertTrue(admin.iq("get", "localhost", "<ping xmlns='urn:xmpp:ping'/>")
                        .get("type")
                        .equals("result"));

                String listed = first.skein("ctl", "script:list").succeeds().output();
                assertEquals(4, listed.lines().filter(l -> l.contains(" live ")).count(), listed);

                Files.delete(second.resolve("scripts/where.groovy"));
                Await.until("it is gone on the other node", () -> !Files.exists(first.resolve("scripts/where.groovy")));
                awaitAnswer(first, "there is no command 'test:where'", "ctl", "test:where", "hi");
                first.skein("ctl", "test:where", "hi").exits(2);
            }
        }
    }
}
