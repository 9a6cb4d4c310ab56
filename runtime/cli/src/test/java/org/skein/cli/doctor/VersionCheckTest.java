package org.skein.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skein.cli.doctor.Finding.Level;

/** Clusters in the middle of an upgrade. */
class VersionCheckTest {
    @TempDir
    Path folder;

    @BeforeEach
    void distribution() throws IOException {
        Files.createDirectories(folder.resolve("share"));
        Files.writeString(
                folder.resolve("share/settings.tsv"),
                "cluster-hostname\torg.skein.cluster.core\thostname\tstring\tnode1.skein.test\t\n");
        Files.writeString(folder.resolve("VERSION"), "1.1\n");
    }

    private static NodeRow row(int number, String version, int min, int max, int level, boolean isMember) {
        String name = "node" + number + ".skein.test";
        return new NodeRow(name, name, 5777, "SERVING", 0, version, Set.of(), min, max, level, 0.5, isMember);
    }

    private static NodeRow member(int number, String version) {
        return row(number, version, 1, 1, 1, true);
    }

    private List<Finding> check(boolean isRunning, NodeRow... rows) throws IOException {
        Instance i = Instance.read(folder, folder);
        OptionalLong pid = isRunning ? OptionalLong.of(1) : OptionalLong.empty();
        Findings findings = new Findings(f -> {});
        Map<String, String> settings = new HashMap<>(i.settings());
        settings.put("cluster-mode", "true");
        VersionCheck.run(
                new Instance(folder, folder, i.table(), settings, i.problems(), i.features(), pid, i.ports()),
                new ClusterTables(2, List.of(rows)),
                findings);
        return findings.all();
    }

    private static void assertFinding(Level level, String what, String part, Finding finding) {
        assertEquals(level, finding.level(), finding::toString);
        assertEquals(what, finding.what(), finding::toString);
        assertTrue(finding.seen().contains(part), finding::toString);
        assertEquals(level == Level.OK, finding.advice().isEmpty(), finding::toString);
    }

    @Test
    void aDistributionThatWasUpgradedUnderItsNodeIsNoticed() throws IOException {
        List<Finding> old = check(true, member(1, "1.0"));
        assertFinding(Level.WARN, "own version", "1.1 is installed, but the node that runs is 1.0", old.get(0));
        assertTrue(old.get(0).advice().contains("bin/skein start"), old::toString);
        assertFinding(
                Level.OK, "own version", "1.1", check(true, member(1, "1.1")).get(0));
        assertFinding(
                Level.OK, "versions", "1.0", check(false, member(1, "1.0")).get(0));
        assertFinding(Level.OK, "versions", "1.0", check(true, member(2, "1.0")).get(0));
    }

    @Test
    void membersThatDifferAreNamedByVersion() throws IOException {
        List<Finding> findings = check(false, member(1, "1.1"), member(2, "1.0"), member(3, "1.1"), member(4, ""));
        assertEquals(1, findings.size(), findings::toString);
        assertFinding(
                Level.WARN,
                "versions",
                "unknown: node4.skein.test; 1.0: node2.skein.test; 1.1: node1.skein.test, node3.skein.test",
                findings.get(0));
        assertTrue(findings.get(0).advice().contains("cluster:drain"), findings::toString);
        assertEquals(List.of(), check(false, row(2, "0.1", 1, 1, 2, false)), "who is no member need not be like them");
    }

    @Test
    void whoCannotUnderstandTheOthersIsNamed() throws IOException {
        List<Finding> findings = check(false, row(1, "3", 2, 3, 2, true), row(2, "1", 1, 1, 2, true));
        assertEquals(2, findings.size(), findings::toString);
        assertFinding(Level.WARN, "versions", "differ", findings.get(0));
        assertFinding(Level.FAIL, "versions", "too old for node1.skein.test", findings.get(1));
        assertFinding(
                Level.FAIL,
                "versions",
                "level 1",
                check(false, row(2, "1", 1, 1, 1, false)).get(0));
    }
}
