package org.skein.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skein.cli.doctor.Finding.Level;

/** The node's own certificate in its file and in its row. */
class LinkCertificateCheckTest {
    @TempDir
    Path folder;

    private Path file;
    private Path key;

    @BeforeEach
    void instance() throws IOException {
        Files.createDirectories(folder.resolve("share"));
        Files.write(
                folder.resolve("share/settings.tsv"),
                List.of(
                        "cluster-mode\torg.skein.cluster.core\tmode\tboolean\ttrue\t",
                        "cluster-hostname\torg.skein.cluster.core\thostname\tstring\t\t"));
        Files.createDirectories(folder.resolve("etc"));
        Files.writeString(
                folder.resolve("etc/init.properties"), "--cluster-mode=true\n--cluster-hostname=Node1.skein.test.\n");
        file = folder.resolve("data/cluster/node.crt");
        key = folder.resolve("data/cluster/node.key");
    }

    private Finding check(boolean isRunning, String... fingerprints) throws IOException {
        Instance i = Instance.read(folder, folder);
        OptionalLong pid = isRunning ? OptionalLong.of(1) : OptionalLong.empty();
        String name = "node1.skein.test";
        List<NodeRow> rows = fingerprints.length == 0
                ? List.of()
                : List.of(new NodeRow(name, name, 5777, "SERVING", 0, "1", Set.of(fingerprints), 1, 1, 1, 0.5, true));
        Findings findings = new Findings(f -> {});
        LinkCertificateCheck.run(
                new Instance(folder, folder, i.table(), i.settings(), i.problems(), i.features(), pid, i.ports()),
                new ClusterTables(1, rows),
                findings);
        assertEquals(1, findings.all().size(), () -> findings.all().toString());
        return findings.all().get(0);
    }

    private static void assertFinding(Level level, String part, Finding finding) {
        assertEquals(level, finding.level(), finding::toString);
        assertTrue(finding.seen().contains(part), finding::toString);
        assertEquals(level == Level.OK, finding.advice().isEmpty(), finding::toString);
    }

    private TestCertificate made(String start, int days) throws Exception {
        TestCertificate made = TestCertificate.make(folder, "x", start, days);
        made.export(file);
        Files.writeString(key, "not looked into");
        return made;
    }

    @Test
    void theRowOfANodeThatRunsHasTheFingerprintOfTheFile() throws Exception {
        TestCertificate own = made("-1d", 100);
        assertFinding(Level.OK, "until", check(false));
        assertFinding(Level.OK, "the row of node1.skein.test", check(true, own.fingerprint(), ""));
        assertFinding(Level.OK, "the row of node1.skein.test", check(true, "00", own.fingerprint()));
        assertFinding(Level.OK, "until", check(false, "00"));
        assertFinding(Level.WARN, "no row", check(true));
        Finding other = check(true, "00", "");
        assertFinding(Level.FAIL, own.fingerprint().substring(0, 16), other);
        assertTrue(other.advice().contains("--cluster-hostname"), other::toString);
    }

    @Test
    void whatCannotBeReadOrIsOutOfTimeIsNamed() throws Exception {
        assertFinding(Level.OK, "not there yet", check(false));
        assertFinding(Level.FAIL, "is gone", check(true, "00"));
        made("-50d", 40);
        assertFinding(Level.WARN, "is over", check(false));
        made("+5d", 40);
        assertFinding(Level.WARN, "not valid yet", check(false));
        Files.delete(key);
        assertFinding(Level.FAIL, "node.key cannot be read", check(false));
        for (String nonsense : List.of("", "nonsense")) {
            Files.writeString(file, nonsense);
            assertFinding(Level.FAIL, "node.crt cannot be read", check(false));
        }
    }
}
