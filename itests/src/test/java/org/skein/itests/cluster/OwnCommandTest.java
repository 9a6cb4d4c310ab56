package org.skein.itests.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.skein.itests.support.Administrator;
import org.skein.itests.support.Await;
import org.skein.itests.support.ClusterNodes;
import org.skein.itests.support.Command;
import org.skein.itests.support.Examples;
import org.skein.itests.support.ServerProcess;
import org.skein.itests.support.SharedNode;

/** The console session of docs/commands.md: a command of one's own comes, is used, updated and goes while people chat. */
@ExtendWith(DisturbedCluster.class)
@EnabledIf("org.skein.itests.support.ClusterNodes#arePossible")
class OwnCommandTest {
    private static final String BUNDLE = "command-top-senders";
    private static final Pattern COUNTED = Pattern.compile("(?m)^(\\S+): (\\d+) messages since ");

    @TempDir
    private Path folder;

    @Test
    void theExampleIsInstalledUsedUpdatedAndUninstalledWhilePeopleChat(DisturbedCluster.Nodes shared) throws Exception {
        ClusterNodes nodes = shared.whole();
        Path jar = Files.copy(Examples.commandTopSenders(), folder.resolve("talk.jar"));
        ServerProcess first = nodes.node(0);
        ServerProcess second = nodes.node(1);
        try (Correspondence letters = Correspondence.start(nodes, 2)) {
            letters.goOn(5);
            first.skein("ctl", "talk:top").exits(2);
            first.shell("start file:" + jar);
            letters.goOn(5);
            Command partial = first.skein("ctl", "talk:top").exits(3);
            assertTrue(counted(partial.output(), 0) > 0, partial::output);
            for (int without : List.of(1, 2)) {
                String line = ClusterNodes.name(without) + ": no such command there";
                assertTrue(partial.output().lines().anyMatch(line::equals), partial::output);
            }

            Await.until(
                    "the node without it knows it", () -> second.shell("help").contains("talk:top"));
            partial = second.skein("ctl", "talk:top").exits(3);
            assertTrue(counted(partial.output(), 0) > 0, partial::output);
            assertTrue(partial.output().contains(ClusterNodes.name(1) + ": no such command there"), partial::output);
            assertTrue(second.shell("talk:top").contains(ClusterNodes.name(1) + ": no such command there"));
            try (Administrator boss = Administrator.at(second, SharedNode.ADMIN)) {
                assertTrue(boss.offered().contains("talk:top"));
                String told = boss.run("talk:top").toString();
                assertTrue(told.contains(ClusterNodes.name(1) + ": no such command there"), told);
            }

            second.shell("start file:" + jar);
            letters.goOn(5);
            partial = second.skein("ctl", "talk:top", "pairs").exits(3);
            assertTrue(counted(partial.output(), 0) > 0 && counted(partial.output(), 1) > 0, partial::output);
            assertFalse(partial.output().contains(ClusterNodes.name(1) + ": no such"), partial::output);
            assertTrue(partial.output().contains(ClusterNodes.name(2) + ": no such"), partial::output);

            nodes.node(2).shell("start file:" + jar);
            Command whole = second.skein("ctl", "talk:top").succeeds();
            assertEquals(3, COUNTED.matcher(whole.output()).results().count(), whole::output);

            version(jar, "7.0.0");
            second.shell("update " + BUNDLE);
            String listed = first.shell("bundle:list " + BUNDLE);
            assertTrue(
                    listed.lines().anyMatch(l -> l.matches(ClusterNodes.name(1) + " .* 7\\.0\\.0 +active .*")), listed);
            letters.goOn(5);
            first.skein("ctl", "talk:top").succeeds();

            for (ServerProcess node : nodes.running()) node.shell("uninstall " + BUNDLE);
            letters.goOn(5);
            first.skein("ctl", "talk:top").exits(2);
            Await.until("no node lists it", () -> !second.shell("help").contains("talk:top"));
            letters.reckon().assertNoErrors().assertNothingTwice();
        }
    }

    /** Messages a node counted, by the answer. */
    private static long counted(String answer, int node) {
        Matcher counted = COUNTED.matcher(answer);
        while (counted.find()) {
            if (counted.group(1).equals(ClusterNodes.name(node))) return Long.parseLong(counted.group(2));
        }
        return -1;
    }

    /** The same bundle with another version. */
    static void version(Path jar, String version) throws IOException {
        Path changed = jar.resolveSibling("changed.jar");
        try (JarFile from = new JarFile(jar.toFile());
                OutputStream file = Files.newOutputStream(changed)) {
            Manifest manifest = new Manifest(from.getManifest());
            manifest.getMainAttributes().putValue("Bundle-Version", version);
            try (JarOutputStream to = new JarOutputStream(file, manifest)) {
                for (JarEntry entry : from.stream().toList()) {
                    if (entry.getName().equals(JarFile.MANIFEST_NAME)) continue;
                    to.putNextEntry(new JarEntry(entry.getName()));
                    from.getInputStream(entry).transferTo(to);
                }
            }
        }
        Files.move(changed, jar, StandardCopyOption.REPLACE_EXISTING);
    }
}
