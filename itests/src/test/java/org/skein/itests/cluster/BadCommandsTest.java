package org.skein.itests.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.skein.api.command.Action;
import org.skein.itests.misbehaving.BadCommands;
import org.skein.itests.support.Administrator;
import org.skein.itests.support.Administrator.Answer;
import org.skein.itests.support.ClusterNodes;
import org.skein.itests.support.Command;
import org.skein.itests.support.ServerProcess;
import org.skein.itests.support.SharedCluster;
import org.skein.itests.support.SharedNode;
import org.skein.itests.support.StanzaClient;
import org.skein.itests.support.TestBundle;

/** What commands of a third party do wrong is told, of each node, and harms nothing else: a real bundle on three nodes. */
@ExtendWith(SharedCluster.class)
@EnabledIf("org.skein.itests.support.ClusterNodes#arePossible")
class BadCommandsTest {
    private static final String BUNDLE = "bad-commands";
    private static final List<String> NAMES =
            IntStream.range(0, 3).mapToObj(ClusterNodes::name).toList();

    private static ClusterNodes nodes;

    private Administrator admin;

    @BeforeAll
    static void install(ClusterNodes shared, @TempDir Path folder) throws Exception {
        nodes = shared;
        Path jar = TestBundle.named(BUNDLE, "1.0.0")
                .header("Import-Package", "org.skein.api.command,org.skein.xmpp")
                .services(
                        Action.class,
                        BadCommands.Throws.class,
                        BadCommands.Errs.class,
                        BadCommands.Fails.class,
                        BadCommands.Null.class,
                        BadCommands.Never.class,
                        BadCommands.Blocks.class,
                        BadCommands.Garbage.class,
                        BadCommands.Nameless.class,
                        BadCommands.Huge.class,
                        BadCommands.Prefill.class,
                        BadCommands.Check.class,
                        BadCommands.Merged.class,
                        BadCommands.User.class)
                .write(folder.resolve("bad.jar"));
        for (ServerProcess node : nodes.running()) node.shell("start file:" + jar);
    }

    @AfterAll
    static void uninstall() {
        if (nodes != null) nodes.running().forEach(node -> node.shell("uninstall " + BUNDLE));
    }

    @BeforeEach
    void connect() throws Exception {
        admin = Administrator.at(nodes.node(0), SharedNode.ADMIN);
    }

    /** Whatever it was, all nodes do commands and users chat. */
    @AfterEach
    void allIsWell() throws Exception {
        assertEquals(3, admin.run("cluster:nodes").rows().size());
        admin.close();
        String juliet = StanzaClient.register(nodes.node(1));
        try (StanzaClient from = StanzaClient.online(nodes.node(0), StanzaClient.register(nodes.node(0)), "x");
                StanzaClient to = StanzaClient.online(nodes.node(2), juliet, "y")) {
            from.chat(to.jid(), "all is well");
            to.awaitBody("all is well");
        }
    }

    private static List<String> ofEach(String text) {
        return NAMES.stream().map(n -> n + ": " + text.replace("NODE", n)).toList();
    }

    private void assertFails(String command, List<String> lines) throws Exception {
        String refusal = admin.refused(command);
        assertEquals("internal-server-error: " + String.join("; ", lines), refusal);
        Command typed = nodes.node(1).skein("ctl", command).exits(1);
        for (String line : lines) assertTrue(typed.output().contains(line), typed::output);
    }

    @Test
    void whatIsThrownIsToldOfEachNodeAndItsLogHasTheCause() throws Exception {
        assertFails("bad:throws", ofEach("failed: internal error; the log of NODE has more"));
        for (ServerProcess node : nodes.running()) {
            assertTrue(node.log().contains("what=command_failed command=bad:throws"), node::logs);
            assertTrue(node.log().contains("thrown as promised"), node::logs);
        }
        assertFails("bad:error", ofEach("failed: internal error; the log of NODE has more"));
    }

    @Test
    void nothingOrWhatNoFormCanHoldIsAFailure() throws Exception {
        assertFails("bad:null", ofEach("failed: internal error; the log of NODE has more"));
        assertFails("bad:nameless", ofEach("failed: internal error; the log of NODE has more"));
    }

    @Test
    void whatFailsElsewhereIsToldBesideWhatIsWellHere() throws Exception {
        List<String> others =
                ofEach("failed: internal error; the log of NODE has more").subList(1, 3);
        Answer answer = admin.run("bad:fails");
        assertEquals(others, answer.notes());
        assertEquals(Map.of("node", NAMES.get(0), "text", "well"), answer.row());
        Command typed = nodes.node(0).skein("ctl", "bad:fails").exits(3);
        for (String line : others) assertTrue(typed.output().contains(line), typed::output);
    }

    @Test
    void whoNeverAnswersOrBlocksIsNamedAtTheDeadline() throws Exception {
        List<String> lines = ofEach("outcome unknown: no answer within 2 s");
        for (String command : List.of("bad:never", "bad:blocks")) {
            assertEquals("resource-constraint: " + String.join("; ", lines), admin.refused(command));
            Command typed = nodes.node(1).skein("ctl", command).exits(3);
            for (String line : lines) assertTrue(typed.output().contains(line), typed::output);
        }
    }

    @Test
    void garbageIsShownAsFarAsItCanBeAndHarmsNoClient() throws Exception {
        Answer answer = admin.run("bad:garbage");
        assertEquals(6, answer.rows().size());
        for (String cell : answer.column("k")) {
            assertTrue(cell.isEmpty() || cell.startsWith("a") && cell.endsWith("end"), cell);
            assertTrue(
                    cell.chars().noneMatch(c -> c < ' ' && c != '\n' && c != '\t' && c != '\r' || c == '\uffff'), cell);
        }
        String typed = nodes.node(1).skein("ctl", "bad:garbage").succeeds().output();
        assertFalse(typed.contains("\u001b") || typed.contains("\0"), typed);
    }

    @Test
    void ofFarTooManyRowsSomeAreShownAndTheOthersCounted() throws Exception {
        Answer answer = admin.run("bad:huge");
        int shown = answer.rows().size();
        assertTrue(shown >= 100 && shown <= 10_000, () -> shown + " rows");
        assertEquals(
                List.of("the first " + shown + " rows; " + (3 * BadCommands.MANY - shown) + " more are not shown"),
                answer.notes());
        long typed = nodes.node(1)
                .skein("ctl", "bad:huge")
                .succeeds()
                .output()
                .lines()
                .count();
        assertEquals(3 * BadCommands.MANY + 1, typed);
    }

    @Test
    void codeAroundTheCommandMayBeWrongToo() throws Exception {
        String here = "internal error; the log of " + NAMES.get(0) + " has more";
        for (String command : List.of("bad:prefill", "bad:check", "bad:user")) {
            assertEquals("internal-server-error: " + here, admin.refused(command, "word=w"), command);
        }
        Answer done = admin.run("bad:merged", "word=w");
        assertEquals(List.of("w", "w", "w"), done.column("text"), "it was done");
        assertEquals(
                List.of(NAMES.get(0) + ": failed: what came of it is not put together; the log of " + NAMES.get(0)
                        + " has more"),
                done.notes());
        nodes.node(0).skein("ctl", "bad:merged", "word=w").exits(3);
    }
}
