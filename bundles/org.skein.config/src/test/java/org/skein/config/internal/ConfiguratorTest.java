package org.skein.config.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.ServiceReference;
import org.osgi.service.cm.ConfigurationEvent;
import org.skein.config.settings.Problem;
import org.skein.config.settings.SettingsTable;

class ConfiguratorTest {
    private static final String PID = "org.skein.c2s";
    private static final SettingsTable TABLE = new SettingsTable.Builder()
            .add(
                    "test",
                    Stream.of(
                            "c2s-port\torg.skein.c2s\tport\tint\t5222\tport",
                            "c2s-limit\torg.skein.c2s\tlimit\tint\t9\tlimit",
                            "admins\torg.skein.router\tadmins\tlist\t\tadministrators",
                            "debug\torg.skein.config\tdebug\tlist\t\tareas"))
            .build();

    @TempDir
    private Path base;

    private final FakeConfigurationAdmin admin = new FakeConfigurationAdmin();
    private Configurator configurator;

    @BeforeEach
    void instance() throws IOException {
        Files.createDirectories(base.resolve("etc"));
        configurator = node(false);
    }

    private Configurator node(boolean offline) throws IOException {
        Configurator node = new Configurator(
                admin.service(),
                new InstanceFiles(base, offline, name -> name.equals("some.folder") ? "/srv" : null),
                new Overrides(base.resolve("data/config/console.properties")),
                () -> TABLE);
        node.loadOverrides();
        return node;
    }

    private void init(String... lines) throws IOException {
        Files.write(base.resolve("etc/init.properties"), List.of(lines));
    }

    private void cfg(String... lines) throws IOException {
        Files.write(base.resolve("etc/" + PID + ".cfg"), List.of(lines));
    }

    private void apply() throws IOException {
        assertEquals(List.of(), configurator.reload());
    }

    private void told(int type) {
        configurator.configurationEvent(new ConfigurationEvent(new NoReference(), type, null, PID));
    }

    @Test
    void initPropertiesBecomeTypedPropertiesOfTheirPid() throws IOException {
        init("--c2s-port = 5000", "--admins = a@x, b@x");
        apply();

        assertEquals(5000, admin.value(PID, "port"));
        assertArrayEquals(new String[] {"a@x", "b@x"}, (String[]) admin.value("org.skein.router", "admins"));
    }

    @Test
    void whatNobodySetIsLeftToTheComponentsOwnDefault() throws IOException {
        init("--c2s-port = 5000");
        apply();

        assertNull(admin.value(PID, "limit"));
        assertFalse(admin.has("org.skein.router"));
    }

    @Test
    void aCfgFileWinsForItsKeysOnly() throws IOException {
        init("--c2s-port = 5000", "--c2s-limit = 1");
        cfg("port = 6000");
        apply();

        assertEquals(6000, admin.value(PID, "port"));
        assertEquals(1, admin.value(PID, "limit"));
    }

    @Test
    void ofThirdPartiesAnyKeyIsTaken() throws IOException {
        Files.writeString(base.resolve("etc/com.example.cfg"), "other = ${some.folder}/x ${unknown}");
        apply();

        assertEquals("/srv/x ${unknown}", admin.value("com.example", "other"));
    }

    @Test
    void theConsoleWinsOverAllAndIsKept() throws IOException {
        init("--c2s-port = 5000");
        cfg("port = 6000");
        apply();
        configurator.set(Map.of(PID, Map.of("port", 7000)));
        assertEquals(7000, admin.value(PID, "port"));

        configurator = node(false);
        apply();
        assertEquals(7000, admin.value(PID, "port"));
        assertEquals(
                Source.CONSOLE, configurator.effective().values(PID).get("port").source());

        assertTrue(configurator.reset(PID, List.of("port")));
        assertEquals(6000, admin.value(PID, "port"));
        assertFalse(configurator.reset(PID, List.of("port")));
    }

    @Test
    void aWrongFileIsIgnoredAsAWhole() throws IOException {
        init("--c2s-port = 5000", "--c2s-limit = 1");
        apply();
        init("--c2s-port = 5001", "--c2s-limit = x");
        List<Problem> problems = configurator.reload();

        assertEquals(1, problems.size());
        assertEquals(5000, admin.value(PID, "port"));
    }

    @Test
    void aWrongCfgFileIsNamed() throws IOException {
        cfg("# the port", "port = x", "limti = 1");
        assertEquals(
                List.of(
                        "etc/org.skein.c2s.cfg, line 3: unknown key 'limti'; did you mean 'limit'?",
                        "etc/org.skein.c2s.cfg, line 2: 'port': expected a port (1 to 65535; 0 = any free port, -1 = off), found 'x'"),
                configurator.reload().stream().map(Problem::toString).toList());
    }

    @Test
    void whatIsTakenOutOfTheFilesIsTakenOutOfConfigurationAdmin() throws IOException {
        init("--c2s-port = 5000");
        apply();
        init("");
        apply();

        assertFalse(admin.has(PID));
    }

    @Test
    void nothingIsWrittenWhereNothingChanged() throws IOException {
        init("--c2s-port = 5000");
        apply();
        int before = admin.writes;
        apply();

        assertEquals(before, admin.writes);
    }

    @Test
    void whatOthersWriteToConfigurationAdminIsKeptAsSetAtTheConsole() throws IOException {
        init("--c2s-port = 5000", "--c2s-limit = 1");
        apply();
        admin.written(PID, "port", 8000);
        told(ConfigurationEvent.CM_UPDATED);

        assertEquals(
                Source.CONSOLE, configurator.effective().values(PID).get("port").source());
        configurator = node(false);
        apply();
        assertEquals(8000, admin.value(PID, "port"));
        assertEquals(
                Source.INIT, configurator.effective().values(PID).get("limit").source());
    }

    @Test
    void ourOwnWritesAreNotTakenForSomebodyElses() throws IOException {
        init("--c2s-port = 5000", "--admins = a@x");
        apply();
        told(ConfigurationEvent.CM_UPDATED);

        assertFalse(Files.exists(base.resolve("data/config/console.properties")));
    }

    @Test
    void aNodeThatServesOnlyACommandOpensNoPort() throws IOException {
        init("--c2s-port = 5000");
        configurator = node(true);
        apply();

        assertEquals(-1, admin.value(PID, "port"));
    }

    @Test
    void debugRaisesTheLevelOfALoggerThatHasAnEntryAlready() throws IOException {
        Files.write(
                base.resolve("etc/" + LogLevels.PID + ".cfg"),
                List.of(
                        "log4j2.rootLogger.level = INFO",
                        "log4j2.logger.mine.name = org.skein.c2s",
                        "log4j2.logger.mine.level = WARN"));
        init("--debug = c2s,org.example");
        apply();

        assertEquals("DEBUG", admin.value(LogLevels.PID, "log4j2.logger.mine.level"));
        assertEquals("org.example", admin.value(LogLevels.PID, "log4j2.logger.xorg_example.name"));
        assertEquals("DEBUG", admin.value(LogLevels.PID, "log4j2.logger.xorg_example.level"));
    }

    @Test
    void loggingIsNotToldWhatItReadFromItsFileByItself() throws IOException {
        Path file = base.resolve("etc/" + LogLevels.PID + ".cfg");
        Files.write(file, List.of("log4j2.rootLogger.level = INFO"));
        apply();
        assertFalse(admin.has(LogLevels.PID));

        Files.write(file, List.of("log4j2.rootLogger.level = WARN"));
        apply();
        assertEquals("WARN", admin.value(LogLevels.PID, "log4j2.rootLogger.level"));

        Files.write(file, List.of("log4j2.rootLogger.level = INFO"));
        apply();
        assertEquals("INFO", admin.value(LogLevels.PID, "log4j2.rootLogger.level"));
    }

    @Test
    void anUnknownAreaOfDebugIsReportedWithItsLine() throws IOException {
        init("", "--debug = sever");
        String problem = configurator.reload().get(0).toString();

        assertTrue(
                problem.startsWith(
                        "etc/init.properties, line 2: 'debug': unknown area 'sever'; did you mean 'server'?"),
                problem);
        assertThrows(IllegalArgumentException.class, () -> LogLevels.loggerOf("sever"));
    }

    /** An event wants one; nobody looks at it. */
    private static final class NoReference implements ServiceReference<org.osgi.service.cm.ConfigurationAdmin> {
        @Override
        public Object getProperty(String key) {
            return null;
        }

        @Override
        public String[] getPropertyKeys() {
            return new String[0];
        }

        @Override
        public org.osgi.framework.Bundle getBundle() {
            return null;
        }

        @Override
        public org.osgi.framework.Bundle[] getUsingBundles() {
            return null;
        }

        @Override
        public boolean isAssignableTo(org.osgi.framework.Bundle bundle, String className) {
            return true;
        }

        @Override
        public int compareTo(Object reference) {
            return 0;
        }

        @Override
        public java.util.Dictionary<String, Object> getProperties() {
            return new java.util.Hashtable<>();
        }

        @Override
        public <A> A adapt(Class<A> type) {
            return null;
        }
    }
}
