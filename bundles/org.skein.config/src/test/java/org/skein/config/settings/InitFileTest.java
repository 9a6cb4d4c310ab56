package org.skein.config.settings;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InitFileTest {
    private static final Path BASE = Path.of("/srv/my node");
    private final SettingsTable table = new SettingsTable.Builder()
            .add(
                    "test",
                    Stream.of(
                            "c2s-port\torg.skein.c2s\tport\tint\t5222\tport",
                            "registration\torg.skein.auth\tregistration\tboolean\tfalse\tregistration",
                            "virt-hosts\torg.skein.router\tvirtHosts\tlist\tlocalhost\tdomains",
                            "user-db\torg.skein.storage\tdb\tenum:h2|mysql|mariadb\th2\tdatabase",
                            "user-db-uri\torg.skein.storage\turi\tstring\t\turi",
                            "resume-window\torg.skein.session\tresume\tduration-seconds\t300\tresume",
                            "proxy-protocol-from\torg.skein.net\tfrom\taddress-ranges\t\tbalancers",
                            "tls-cert\torg.skein.net\tcert\tpath\t\tcertificate",
                            "tls-cert-*\torg.skein.net\tcert.*\tpath\t\tcertificate of a host",
                            "comp-class-N\torg.skein.components\tclass.N\tstring\t\tclass",
                            "comp-name-N\torg.skein.components\tname.N\tstring\t\tname"))
            .build();

    private InitFile parse(String... lines) {
        return InitFile.parse("etc/init.properties", List.of(lines), BASE, table);
    }

    private String onlyProblem(String... lines) {
        List<Problem> problems = parse(lines).problems();
        assertEquals(1, problems.size(), problems::toString);
        return problems.get(0).toString();
    }

    private Object value(String name, String... lines) {
        InitFile file = parse(lines);
        assertEquals(List.of(), file.problems());
        return file.assignments().get(name).value();
    }

    @Test
    void blanksAroundTheFirstEqualsAreDropped() {
        assertEquals(5000, value("c2s-port", "  --c2s-port  =  5000 "));
    }

    @Test
    void onlyTheFirstEqualsSplits() {
        assertEquals(
                "jdbc:mysql://db/skein?user=a&password=b=#c",
                value("user-db-uri", "--user-db-uri=jdbc:mysql://db/skein?user=a&password=b=#c"));
    }

    @Test
    void commentsAndEmptyLinesSayNothing() {
        assertTrue(parse("", "# --c2s-port=1", "   #x").assignments().isEmpty());
    }

    @Test
    void aListIsSplitAtCommas() {
        assertArrayEquals(new String[] {"a.example", "b.example"}, (String[])
                value("virt-hosts", "--virt-hosts = a.example , b.example"));
    }

    @Test
    void addressRangesAreCheckedAndNamesAreNoAddresses() {
        assertArrayEquals(new String[] {"10.0.0.5", "10.1.0.0/16", "::1", "fd00::/8"}, (String[])
                value("proxy-protocol-from", "--proxy-protocol-from=10.0.0.5, 10.1.0.0/16,::1,fd00::/8"));
        for (String bad :
                List.of("localhost", "10.0.0.0/33", "10.0.0", "300.0.0.1", "fd00::/129", "fd00:::/8", "a:b")) {
            assertEquals(
                    "etc/init.properties, line 1: 'proxy-protocol-from': expected addresses or ranges such as 10.0.0.5 or"
                            + " 10.0.0.0/8, found '" + bad + "'",
                    onlyProblem("--proxy-protocol-from=10.0.0.1," + bad));
        }
    }

    @Test
    void anUnknownNameIsReportedWithLineAndNearestName() {
        assertEquals(
                "etc/init.properties, line 3: unknown name 'c2s-prot'; did you mean 'c2s-port'?",
                onlyProblem("# x", "--registration=true", "--c2s-prot=5222"));
    }

    @Test
    void aLineWithoutDashesIsReportedWithWhatWasMeant() {
        assertEquals(
                "etc/init.properties, line 1: expected --name=value, found 'c2s-port=1'; did you mean '--c2s-port'?",
                onlyProblem("c2s-port=1"));
    }

    @Test
    void aLineWithoutAValueIsReported() {
        assertEquals(
                "etc/init.properties, line 1: no '=' and no value after '--registration'; write --registration=VALUE",
                onlyProblem("--registration"));
    }

    @Test
    void aValueOfTheWrongTypeIsReported() {
        assertTrue(onlyProblem("--c2s-port=x").contains("'c2s-port': expected a port"), "names the setting");
        assertTrue(onlyProblem("--c2s-port=65536").contains("out of range"));
        assertTrue(onlyProblem("--registration=maybe").contains("expected true or false, found 'maybe'"));
        assertTrue(onlyProblem("--user-db=oracle").contains("expected one of h2, mysql, mariadb; found 'oracle'"));
    }

    @Test
    void allProblemsAreListedAtOnce() {
        assertEquals(
                List.of(1, 3),
                parse("--nonsense-xyzzy=1", "--registration=true", "--c2s-port=abc").problems().stream()
                        .map(Problem::line)
                        .toList());
    }

    @Test
    void durationsMayCarryAUnit() {
        assertEquals(300L, value("resume-window", "--resume-window=5m"));
        assertEquals(90L, value("resume-window", "--resume-window=90"));
    }

    @Test
    void relativePathsAreBelowTheInstance() {
        assertEquals("/srv/my node/etc/x.pem", value("tls-cert", "--tls-cert=etc/x.pem"));
        assertEquals("/etc/x.pem", value("tls-cert", "--tls-cert=/etc/x.pem"));
    }

    @Test
    void aPatternTakesTheRestOfTheNameIntoTheKey() {
        InitFile file = parse("--tls-cert-example.org=/x.pem");
        assertEquals(List.of(), file.problems());
        assertEquals(
                "cert.example.org",
                file.assignments().get("tls-cert-example.org").setting().key());
    }

    @Test
    void aComponentClassTwiceWithoutNamesIsDiagnosed() {
        List<String> problems = parse("--comp-class-1=muc", "--comp-class-1=pubsub").problems().stream()
                .map(Problem::toString)
                .toList();
        assertEquals(
                List.of(
                        "etc/init.properties, line 2: 'comp-class-1' was already given in line 1; give each component its own number",
                        "etc/init.properties, line 2: 'comp-class-1' needs a line '--comp-name-1=NAME'"),
                problems);
    }

    @Test
    void aComponentNameWithoutItsClassIsDiagnosed() {
        assertEquals(
                "etc/init.properties, line 1: 'comp-name-2' needs a line '--comp-class-2=CLASS'",
                onlyProblem("--comp-name-2=muc"));
    }

    @Test
    void ofANameGivenTwiceTheLastCountsAndAWarningSaysSo() {
        InitFile file = parse("--c2s-port=1", "--c2s-port=2");
        assertEquals(2, file.assignments().get("c2s-port").value());
        assertEquals(1, file.warnings().size());
    }

    @Test
    void aFileThatIsNotUtf8IsReported(@TempDir Path dir) throws Exception {
        Path file = dir.resolve("init.properties");
        Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe});
        assertEquals(
                "init.properties: not UTF-8 text",
                InitFile.read(file, dir, table).problems().get(0).toString());
    }

    @Test
    void aNameLikeNoneGetsNoHint() {
        assertEquals(
                "etc/init.properties, line 1: unknown name 'q'",
                onlyProblem("--q=1").replaceAll("; did you mean.*", ""));
    }
}
