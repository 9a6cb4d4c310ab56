package org.skein.itests.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.skein.api.command.Action;
import org.skein.itests.misbehaving.BadCommands;
import org.skein.itests.misbehaving.SlowStart;
import org.skein.itests.support.Administrator;
import org.skein.itests.support.Await;
import org.skein.itests.support.ClusterNodes;
import org.skein.itests.support.Command;
import org.skein.itests.support.ServerProcess;
import org.skein.itests.support.SharedNode;
import org.skein.itests.support.TestBundle;

/** A node dies in the middle of a command, or of a roll-out of a bundle to all. */
@ExtendWith(DisturbedCluster.class)
@EnabledIf("org.skein.itests.support.ClusterNodes#arePossible")
class LossMidwayTest {
    private static final String NAME = "slow-start";

    @TempDir
    private Path folder;

    @Test
    void aNodeThatDiesInTheMiddleIsNamedAndTheOthersAnswersAreThere(DisturbedCluster.Nodes shared) throws Exception {
        ClusterNodes nodes = shared.whole();
        ServerProcess asked = nodes.node(0);
        ServerProcess dies = nodes.node(2);
        Path jar = TestBundle.named("waits", "1.0.0")
                .header("Import-Package", "org.skein.api.command,org.skein.xmpp")
                .services(Action.class, BadCommands.Waits.class)
                .write(folder.resolve("waits.jar"));
        for (ServerProcess node : nodes.running()) node.shell("start file:" + jar);
        try (Administrator admin = Administrator.at(asked, SharedNode.ADMIN)) {
            CompletableFuture<Command> typed =
                    CompletableFuture.supplyAsync(() -> asked.skein("ctl", "bad:waits", ClusterNodes.name(2)));
            Await.until("it has begun there", Await.LONG, () -> begun(dies) == 1, dies::logs);
            CompletableFuture<Administrator.Answer> sent = CompletableFuture.supplyAsync(() -> waits(admin));
            Await.until("it has begun there again", Await.LONG, () -> begun(dies) == 2, dies::logs);
            dies.kill();
            String lost = ClusterNodes.name(2) + ": outcome unknown: it left the cluster before it answered";
            typed.join().exits(3);
            assertTrue(
                    typed.join().output().lines().anyMatch(lost::equals),
                    () -> typed.join().output());
            assertEquals(2, sent.join().rows().size());
            assertEquals(List.of(lost), sent.join().notes());
        }
    }

    @AfterEach
    void uninstall(DisturbedCluster.Nodes shared) {
        for (ServerProcess node : shared.whole().running()) {
            for (String left : List.of("waits", NAME)) node.skein("shell", "uninstall " + left); // if it is there
        }
    }

    private static int begun(ServerProcess node) {
        return node.output().split("bad:waits has begun", -1).length - 1;
    }

    private static Administrator.Answer waits(Administrator admin) {
        try {
            return admin.run("bad:waits", "where=" + ClusterNodes.name(2));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void ifWhoAskedIsKilledAllGoBackAndAnotherMayBegin(DisturbedCluster.Nodes shared) throws Exception {
        ClusterNodes nodes = shared.whole();
        Path jar = TestBundle.named(NAME, "1.0.0")
                .header("Bundle-Activator", SlowStart.class.getName())
                .header("Import-Package", "org.osgi.framework")
                .header(SlowStart.FOLDER, folder.toString())
                .classes(SlowStart.class)
                .write(folder.resolve("slow.jar"));
        Path hold = Files.createFile(folder.resolve("hold"));
        ServerProcess asked = nodes.node(0);
        ServerProcess second = nodes.node(1);
        try {
            CompletableFuture<Command> answer =
                    CompletableFuture.supplyAsync(() -> asked.skein("ctl", "bundle:install-everywhere", "file=" + jar));
            Await.until(
                    "the next node tries it", Await.LONG, () -> Files.exists(folder.resolve("waiting")), asked::logs);
            assertEquals(List.of("active", "starting"), states(asked));
            asked.kill();
            assertTrue(answer.join().status() != 0, () -> answer.join().output());
        } finally {
            Files.delete(hold);
        }
        Await.until(
                "the others have put it away", Await.LONG, () -> states(second).isEmpty(), second::logs);
        asked.start();
        nodes.awaitMembers();
        Await.until(
                "it put it away too",
                Await.LONG,
                () -> states(second).isEmpty() && states(asked).isEmpty(),
                asked::logs);

        Await.until(
                "the next may begin",
                Await.LONG,
                () -> second.skein("ctl", "bundle:install-everywhere", "file=" + jar)
                                .status()
                        == 0,
                second::logs);
        assertEquals(List.of("active", "active", "active"), states(second));
        second.skein("ctl", "bundle:uninstall-everywhere", "name=" + NAME).succeeds();
        assertEquals(List.of(), states(second));
    }

    /** Of the bundle on the nodes that answer. */
    private static List<String> states(ServerProcess at) {
        return at.skein("ctl", "bundle:list", "name=" + NAME)
                .output()
                .lines()
                .map(line -> line.split(" +"))
                .filter(cells -> cells.length > 3 && cells[1].equals(NAME))
                .map(cells -> cells[3])
                .toList();
    }
}
