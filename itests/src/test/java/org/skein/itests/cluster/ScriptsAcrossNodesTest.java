package org.skein.itests.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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

    private static void awaitLoaded(ServerProcess node, String file, String command, int version) {
        String said = "what=script_loaded file=" + file + " command=" + command + " version=" + version + " ";
        Await.until(said, () -> node.log().contains(said));
    }

    /** Lines with a text, without what frames them. */
    private static List<String> rows(Command answer, String text) {
        return answer.output()
                .lines()
                .filter(l -> l.contains(text))
                .map(l -> l.replaceAll("[^A-Za-z0-9.,]+", " ").strip())
                .toList();
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
                awaitLoaded(first, "where.groovy", "test:where", 1);
                awaitLoaded(second, "where.groovy", "test:where", 1);
                Command answer = second.skein("ctl", "test:where", "hi").succeeds();
                assertEquals(
                        List.of(
                                ClusterNodes.name(0) + " hi from " + ClusterNodes.name(0) + " 1",
                                ClusterNodes.name(1) + " hi from " + ClusterNodes.name(1) + " 0"),
                        rows(answer, "hi from"),
                        answer::output);
                Xml list = admin.iq(
                        "get",
                        "localhost",
                        "<query xmlns='http://jabber.org/protocol/disco#items'"
                                + " node='http://jabber.org/protocol/commands'/>");
                assertTrue(list.toString().contains("urn:skein:command:test:where"), list::toString);

                drop(second, "where.groovy", WHERE.replace("\"$word from", "\"changed, $word from"));
                awaitLoaded(first, "where.groovy", "test:where", 2);
                Command changed = first.skein("ctl", "test:where", "hi").succeeds();
                assertEquals(2, rows(changed, "changed, hi from").size(), changed::output);

                drop(first, "where.groovy", WHERE + "nothing()\n");
                awaitLoaded(second, "where.groovy", "test:where", 3);
                Command failed = second.skein("ctl", "test:where", "hi").exits(1);
                assertEquals(
                        2,
                        failed.output().split("script where.groovy line 6: MissingMethodException", -1).length - 1,
                        failed::output);

                drop(second, "endless.groovy", ENDLESS);
                awaitLoaded(first, "endless.groovy", "test:endless", 1);
                Command endless = first.skein("ctl", "test:endless").exits(3);
                assertTrue(endless.output().contains("no answer within 1 s"), endless::output);
                Await.until("the loop is ended", () -> first.log().contains("what=script_ended file=endless.groovy"));
                assertEquals(
                        "result",
                        admin.iq("get", "localhost", "<ping xmlns='urn:xmpp:ping'/>")
                                .get("type"));
                Command states = first.skein("ctl", "script:list").succeeds();
                assertEquals(4, rows(states, "live").size(), states::output);

                Files.delete(second.resolve("scripts/where.groovy"));
                Await.until("it is gone", () -> first.log().contains("what=script_gone file=where.groovy"));
                assertFalse(Files.exists(first.resolve("scripts/where.groovy")));
                first.skein("ctl", "test:where", "hi").exits(2);
            }
        }
    }
}
