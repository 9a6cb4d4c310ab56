package org.skein.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skein.cli.doctor.Finding.Level;

/** Other nodes at the addresses in their rows, and whatever else may be there. */
class LinkCheckTest {
    @TempDir
    static Path folder;

    private static TestCertificate certificate;
    private static TestCertificate other;

    @BeforeAll
    static void certificates() throws Exception {
        certificate = TestCertificate.make(folder);
        other = TestCertificate.make(folder);
    }

    private static NodeRow row(String host, int port, Set<String> fingerprints) {
        return new NodeRow("node2.skein.test", host, port, "SERVING", 0, "1", fingerprints, 1, 1, 1, 0.5, true);
    }

    private static List<Finding> dial(List<NodeRow> rows) {
        Findings findings = new Findings(f -> {});
        LinkCheck.run(rows, findings);
        return findings.all();
    }

    private static Finding dial(NodeRow row) {
        List<Finding> findings = dial(List.of(row));
        assertEquals(1, findings.size(), findings::toString);
        return findings.get(0);
    }

    private static void assertFails(String part, Finding finding) {
        assertEquals(Level.FAIL, finding.level(), finding::toString);
        assertTrue(finding.seen().startsWith("node2.skein.test "), finding::toString);
        assertTrue(finding.seen().contains(part), finding::toString);
        assertTrue(!finding.advice().isEmpty(), finding::toString);
    }

    @Test
    void theCertificateOfTheRowIsSeenThoughWeAreTurnedAway() throws Exception {
        try (TestNode node = TestNode.of(certificate)) {
            for (Set<String> fingerprints :
                    List.of(Set.of(certificate.fingerprint(), ""), Set.of("00", certificate.fingerprint()))) {
                Finding finding = dial(row("127.0.0.1", node.port(), fingerprints));
                assertEquals(Level.OK, finding.level(), finding::toString);
                assertEquals(
                        "node2.skein.test answers at 127.0.0.1:" + node.port()
                                + " with the certificate it has in cluster_nodes",
                        finding.seen());
            }
        }
    }

    @Test
    void anotherCertificateIsAnotherNode() throws Exception {
        try (TestNode node = TestNode.of(other)) {
            Finding finding = dial(row("127.0.0.1", node.port(), Set.of(certificate.fingerprint())));
            assertFails(other.fingerprint().substring(0, 16), finding);
            assertTrue(finding.seen().contains("leads to this machine (127.0.0.1)"), finding::toString);
            assertFails("not the one in cluster_nodes", dial(row("127.0.0.1", node.port(), Set.of(""))));
        }
    }

    @Test
    void aDeadPortIsToldFromOneThatBelongsToAnotherProcess() throws Exception {
        int port;
        try (TestNode node = TestNode.chatty()) {
            port = node.port();
            assertFails("no cluster port", dial(row("127.0.0.1", port, Set.of(certificate.fingerprint()))));
        }
        assertFails("nothing listens", dial(row("127.0.0.1", port, Set.of(certificate.fingerprint()))));
    }

    @Test
    void aNameThatDoesNotResolveIsNamed() throws Exception {
        Finding finding = dial(row("gone .invalid", 5777, Set.of(certificate.fingerprint())));
        assertFails("'gone .invalid' cannot be resolved", finding);
        assertTrue(finding.advice().contains("/etc/hosts"), finding::toString);
    }

    @Test
    void rowsWithNonsenseAreFindingsLikeOthers() throws Exception {
        List<NodeRow> rows = new ArrayList<>();
        for (int port : new int[] {0, -1, 65536, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            rows.add(row("127.0.0.1", port, Set.of("")));
        }
        for (String host : List.of(
                "",
                " ",
                "not a name",
                "[",
                "]",
                "::::",
                "1.2.3.4.5",
                "-",
                ".",
                "..",
                "x".repeat(255),
                "a\u0000b",
                "%",
                "ä")) {
            rows.add(row(host, 1, Set.of("nonsense")));
        }
        List<Finding> findings = dial(rows);
        assertEquals(rows.size(), findings.size());
        findings.forEach(f -> assertFails("", f));
        try (TestNode node = TestNode.of(certificate)) {
            rows.add(row("127.0.0.1", node.port(), Set.of(certificate.fingerprint())));
            assertEquals(Level.OK, dial(rows).get(rows.size() - 1).level());
        }
    }

    /** One after the other they would take ten minutes. */
    @Test
    void howeverManySayNothingItEndsSoon() throws IOException {
        try (TestNode node = TestNode.mute()) {
            List<NodeRow> rows = Collections.nCopies(300, row("127.0.0.1", node.port(), Set.of("00")));
            List<Finding> findings = assertTimeoutPreemptively(Duration.ofSeconds(60), () -> dial(rows));
            assertEquals(LinkCheck.MOST + 1, findings.size());
            findings.subList(0, LinkCheck.MOST).forEach(f -> assertFails("", f));
            Finding rest = findings.get(LinkCheck.MOST);
            assertEquals(Level.WARN, rest.level());
            assertTrue(rest.seen().startsWith(300 - LinkCheck.MOST + " more rows"), rest::toString);
        }
    }
}
