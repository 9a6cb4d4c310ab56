package org.skein.itests.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.skein.itests.misbehaving.SlowStart;
import org.skein.itests.support.Await;
import org.skein.itests.support.ClusterNodes;
import org.skein.itests.support.Command;
import org.skein.itests.support.ServerProcess;
import org.skein.itests.support.TestBundle;

/** Who gave a bundle for all nodes dies in the middle: none keeps what was only tried, and the next may begin. */
@ExtendWith(DisturbedCluster.class)
@EnabledIf("org.skein.itests.support.ClusterNodes#arePossible")
class RolloutLossTest {
    private static final String NAME = "slow-start";

    @TempDir
    private Path folder;

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
