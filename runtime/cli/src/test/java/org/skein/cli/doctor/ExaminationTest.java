package org.skein.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skein.cli.doctor.Finding.Level;

/** Instances as operators have them, each with something wrong. */
class ExaminationTest {
    @TempDir
    Path folder;

    private Path base;

    @BeforeEach
    void instance() throws IOException {
        Path share = Files.createDirectories(folder.resolve("home/share"));
        Files.write(
                share.resolve("settings.tsv"),
                List.of(
                        "features\torg.skein.launcher\tfeatures\tlist\tcore\t",
                        "c2s-port\torg.skein.c2s\tport\tint\t0\t",
                        "cluster-port\torg.skein.cluster.core\tport\tport\t0\t",
                        "cluster-mode\torg.skein.cluster.core\tmode\tboolean\tfalse\t",
                        "cluster-hostname\torg.skein.cluster.core\thostname\tstring\t\t",
                        "bind-address\torg.skein.net\tbind.address\tlist\t\t",
                        "virt-hosts\torg.skein.router\tvirtHosts\tlist\tlocalhost\t",
                        "tls-cert\torg.skein.net\ttls.cert\tlist\t\t",
                        "tls-key\torg.skein.net\ttls.key\tlist\t\t",
                        "user-db\torg.skein.storage.jdbc\tkind\tenum:h2|mysql|mariadb\th2\t",
                        "user-db-uri\torg.skein.storage.jdbc\turi\tstring\t\t",
                        "user-db-pool-size\torg.skein.storage.jdbc\tpoolSize\tint\t0\t"));
        base = Files.createDirectories(folder.resolve("base"));
        Files.createDirectories(base.resolve("etc/certs"));
    }

    private List<Finding> examine(String... lines) throws IOException {
        Files.write(base.resolve("etc/init.properties"), List.of(lines));
        List<Finding> seen = new ArrayList<>();
        Findings findings = new Findings(seen::add);
        Examination.run(base, folder.resolve("home"), findings);
        assertEquals(findings.all(), seen);
        return seen;
    }

    private static Finding only(List<Finding> findings, String what) {
        List<Finding> found =
                findings.stream().filter(f -> f.what().equals(what)).toList();
        assertEquals(1, found.size(), () -> what + " in " + findings);
        return found.get(0);
    }

    private static void assertFinding(Level level, String part, Finding finding) {
        assertEquals(level, finding.level(), finding::toString);
        assertTrue(finding.toString().contains(part), finding::toString);
        assertEquals(level == Level.OK, finding.advice().isEmpty(), finding::toString);
    }

    @Test
    void aFreshInstanceHasNothingWrong() throws IOException {
        List<Finding> findings = examine();
        assertTrue(findings.stream().noneMatch(f -> f.level() == Level.FAIL), findings::toString);
        assertFinding(Level.OK, "embedded", only(findings, "database"));
        assertFinding(Level.WARN, "self-made", only(findings, "certificate"));
    }

    @Test
    void aWrongLineIsNamedWithItsNumber() throws IOException {
        assertFinding(Level.FAIL, "line 2", only(examine("#", "--c2s-prot=1"), "settings"));
    }

    @Test
    void aTakenPortIsNamedWithItsHolder() throws IOException {
        int port;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = taken.getLocalPort();
            Finding finding = only(examine("--c2s-port=" + port, "--bind-address=127.0.0.1"), "port " + port);
            assertFinding(Level.FAIL, "(pid " + ProcessHandle.current().pid() + ")", finding);
            assertTrue(finding.advice().contains("--c2s-port"), finding::toString);
        }
        assertFinding(
                Level.OK, "free", only(examine("--c2s-port=" + port, "--bind-address=127.0.0.1"), "port " + port));
    }

    @Test
    void whatWasSetAtTheConsoleOrInACfgFileCounts() throws IOException {
        Files.writeString(base.resolve("etc/org.skein.c2s.cfg"), "port = 0\n");
        assertFinding(Level.OK, "any free port", only(examine("--c2s-port=-1"), "port"));
        Files.createDirectories(base.resolve("data/config"));
        Files.writeString(base.resolve("data/config/console.properties"), "org.skein.c2s/port=I\\:-1\n");
        assertFinding(Level.OK, "is off", only(examine("--c2s-port=0"), "port"));
    }

    @Test
    void aNameThatOthersCannotUseFailsInAClusterOnly() throws IOException {
        for (String name : List.of("localhost", "127.0.0.1", "::1", "0.0.0.0", "x.localhost", "no.such.host.invalid")) {
            String set = "--cluster-hostname=" + name;
            assertFinding(Level.FAIL, name, only(examine("--cluster-mode=true", set), "own name"));
            assertFinding(Level.OK, name, only(examine(set), "own name"));
        }
        assertFalse(NameCheck.leadsHome("chat.example.org"));
        assertFalse(NameCheck.leadsHome("10.0.0.1"));
        assertFalse(NameCheck.leadsHome("fd00::1"));
        assertFinding(
                Level.OK,
                "192.0.2.7",
                only(examine("--cluster-mode=true", "--cluster-hostname=192.0.2.7"), "own name"));
    }

    @Test
    void anEmbeddedDatabaseIsNoneForACluster() throws IOException {
        assertFinding(Level.FAIL, "--user-db=mariadb", only(examine("--cluster-mode=true"), "database"));
    }

    @Test
    void aDatabaseThatDoesNotAnswerFailsWithoutItsPassword() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        Finding finding = only(
                examine(
                        "--user-db=mysql",
                        "--user-db-uri=jdbc:mysql://127.0.0.1:" + free + "/x?user=a&password=geheim"),
                "database");
        assertFinding(Level.FAIL, "127.0.0.1:" + free, finding);
        assertFalse(finding.toString().contains("geheim"), finding::toString);
        assertEquals("jdbc:mysql://h/x", DatabaseCheck.withoutPassword("jdbc:mysql://a:b@h/x?c=d"));
    }

    @Test
    void certificatesAreLookedAtAsTheNodeTakesThem() throws Exception {
        certificate("*.example.org", "-1d", 100);
        String hosts = "--virt-hosts=";
        Path all = base.resolve("etc/certs/made.pem");
        String cert = "--tls-cert=" + all;
        assertFinding(Level.OK, "until", only(examine(hosts + "a.example.org", cert), "certificate"));
        assertFinding(Level.FAIL, "does not name", only(examine(hosts + "example.org", cert), "certificate"));
        assertFinding(Level.FAIL, "does not name", only(examine(hosts + "a.b.example.org", cert), "certificate"));
        assertFinding(
                Level.FAIL,
                "cannot be read",
                only(examine(hosts + "a.example.org", cert, "--tls-key=/no/such"), "certificate"));
        Files.copy(all, base.resolve("etc/certs/b.example.org.crt"));
        assertFinding(Level.OK, "b.example.org.crt", only(examine(hosts + "b.example.org"), "certificate"));
        Files.writeString(base.resolve("etc/certs/c.example.org.crt"), "nonsense");
        assertFinding(Level.FAIL, "cannot be read", only(examine(hosts + "c.example.org"), "certificate"));
        certificate("*.example.org", "-50d", 60);
        assertFinding(Level.WARN, "until", only(examine(hosts + "a.example.org", cert), "certificate"));
        certificate("*.example.org", "-50d", 40);
        assertFinding(Level.FAIL, "is over", only(examine(hosts + "a.example.org", cert), "certificate"));
        certificate("*.example.org", "+5d", 40);
        assertFinding(Level.FAIL, "not valid yet", only(examine(hosts + "a.example.org", cert), "certificate"));
    }

    /** Into {@code etc/certs/made.pem}. */
    private void certificate(String name, String start, int days) throws IOException, InterruptedException {
        TestCertificate.make(folder, name, start, days).export(base.resolve("etc/certs/made.pem"));
    }

    @Test
    void aWrongKeyOrValueInACfgFileIsNamedWithItsLineAndTheNearestName() throws IOException {
        Files.writeString(base.resolve("etc/com.example.cfg"), "anything = goes\n");
        Path file = base.resolve("etc/org.skein.storage.jdbc.cfg");
        Files.writeString(file, "# mine\npoolsize = 3\n");
        Finding unknown = only(examine(), "settings");
        assertFinding(Level.FAIL, "etc/org.skein.storage.jdbc.cfg, line 2: unknown key 'poolsize'", unknown);
        assertTrue(unknown.toString().contains("did you mean 'poolSize'? Mend that line"), unknown::toString);
        Files.writeString(file, "poolSize = many\n");
        assertFinding(Level.FAIL, "line 1: 'poolSize': expected a whole number", only(examine(), "settings"));
        Files.writeString(file, "poolSize = ${size.given.with.-D}\n");
        assertFinding(Level.OK, "all understood", only(examine(), "settings"));
        Files.writeString(file, "uri = \\u12\n");
        assertFinding(Level.FAIL, "cannot be read", only(examine(), "settings"));
    }

    /** Without the database all need it fails, and only for a member. */
    @Test
    void aNodeIsAMemberByItsModeOrElseByItsFeature() throws IOException {
        Path switched = Files.createDirectories(base.resolve("data")).resolve("features");
        assertFinding(Level.OK, "embedded", only(examine("--features=core,scripts"), "database"));
        assertFinding(Level.FAIL, "embedded", only(examine("--features=core,cluster"), "database"));
        Files.writeString(switched, "-cluster\n");
        assertFinding(Level.OK, "embedded", only(examine("--features=core,cluster"), "database"));
        Files.writeString(switched, "+scripts\n+cluster\n");
        assertFinding(Level.FAIL, "embedded", only(examine(), "database"));
        assertFinding(Level.OK, "embedded", only(examine("--cluster-mode=false"), "database"));
        Files.delete(switched);
        assertFinding(Level.FAIL, "embedded", only(examine("--cluster-mode=true"), "database"));
    }
}
