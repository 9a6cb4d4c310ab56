package org.skein.config.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skein.api.config.NodeSettings.Entry;
import org.skein.config.settings.SettingsTable;

class ServedSettingsTest {
    private static final SettingsTable TABLE = new SettingsTable.Builder()
            .add(
                    "test",
                    Stream.of(
                            "c2s-port\torg.skein.c2s\tport\tint\t5222\tport",
                            "admins\torg.skein.router\tadmins\tlist\t\tadministrators"))
            .build();

    @TempDir
    private Path base;

    private final FakeConfigurationAdmin admin = new FakeConfigurationAdmin();
    private ServedSettings settings;

    @BeforeEach
    void instance() throws IOException {
        Files.createDirectories(base.resolve("etc"));
        Files.write(base.resolve("etc/init.properties"), List.of("--c2s-port = 5000"));
        Configurator configurator = new Configurator(
                admin.service(),
                new InstanceFiles(base, false, name -> null),
                new Overrides(base.resolve("data/config/console.properties")),
                () -> TABLE);
        configurator.reload();
        ConfigCommands.Effect none = () -> {};
        settings = new ServedSettings(
                configurator,
                new ConfigCommands(configurator, none, (name, value) -> value.equals(13) ? "unlucky" : ""),
                new LogCommands(configurator, none));
    }

    @Test
    void whatSomebodyRefusesIsNotSet() {
        CompletionException refused =
                assertThrows(CompletionException.class, () -> get(settings.set("c2s-port", "13")));
        assertEquals("'c2s-port': unlucky", refused.getCause().getMessage());
        assertFalse(admin.has("org.skein.c2s") && Integer.valueOf(13).equals(admin.value("org.skein.c2s", "port")));
    }

    @AfterEach
    void close() {
        settings.close();
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
    }

    private static String refused(CompletionStage<?> stage) {
        CompletionException e = assertThrows(CompletionException.class, () -> get(stage));
        return assertInstanceOf(IllegalArgumentException.class, e.getCause()).getMessage();
    }

    @Test
    void whatIsSetIsInEffectAndTakenBack() {
        assertEquals(List.of(new Entry("c2s-port", "5000", "etc/init.properties:1")), get(settings.show("c2s-port")));
        assertEquals(new Entry("c2s-port", "7000", "console"), get(settings.set("c2s-port", "7000")));
        assertEquals(7000, admin.value("org.skein.c2s", "port"));
        assertEquals("5000", get(settings.reset("c2s-port")).value());
        assertEquals(5000, admin.value("org.skein.c2s", "port"));
    }

    @Test
    void listsAreSeparatedByCommas() {
        assertEquals("a@x,b@x", get(settings.set("admins", "a@x,b@x")).value());
        assertEquals(2, ((String[]) admin.value("org.skein.router", "admins")).length);
    }

    @Test
    void whatIsWrongIsRefusedInWords() {
        assertTrue(refused(settings.set("c2s-prot", "1")).contains("c2s-port"));
        assertTrue(refused(settings.set("c2s-port", "x")).contains("expected"));
        assertTrue(refused(settings.reset("c2s-port")).contains("not set"));
        assertTrue(refused(settings.logLevel("sesion", "debug")).contains("session"));
        assertTrue(refused(settings.logLevel("session", "loud")).contains("levels"));
    }

    @Test
    void aLevelIsSetAndTakenBack() {
        assertEquals(new Entry("org.skein.session", "DEBUG", "console"), get(settings.logLevel("session", "debug")));
        assertTrue(get(settings.logLevels()).contains(new Entry("org.skein.session", "DEBUG", "console")));
        assertEquals("inherited", get(settings.logLevel("session", "default")).value());
    }
}
