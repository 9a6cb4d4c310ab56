package org.skein.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstanceTest {
    @TempDir
    private Path home;

    @TempDir
    private Path folder;

    private Path base;

    @BeforeEach
    void template() throws Exception {
        base = folder.resolve("node");
        Files.createDirectories(home.resolve("share/instance/etc"));
        Files.writeString(home.resolve("share/instance/etc/init.properties"), "# settings\n");
    }

    @Test
    void anEmptyFolderBecomesAnInstance() throws Exception {
        try (Instance instance = open()) {
            assertTrue(Files.exists(instance.resolve("etc/init.properties")));
            assertTrue(Files.isDirectory(instance.resolve("deploy")));
            assertEquals(
                    Long.toString(ProcessHandle.current().pid()),
                    Files.readString(base.resolve("run/skein.pid")).strip());
        }
        assertFalse(Files.exists(base.resolve("run/skein.pid")));
    }

    @Test
    void whatAnOperatorWroteIsKept() throws Exception {
        Files.createDirectories(base.resolve("etc"));
        Files.writeString(base.resolve("etc/init.properties"), "--c2s-port=0\n");
        try (Instance instance = open()) {
            assertEquals("--c2s-port=0\n", Files.readString(instance.resolve("etc/init.properties")));
        }
    }

    @Test
    void whatACrashLeftIsRemoved() throws Exception {
        Files.createDirectories(base.resolve("run"));
        Files.writeString(base.resolve("run/ports.json"), "{}");
        Files.writeString(base.resolve("run/skein.pid"), "1\n");
        try (Instance instance = open()) {
            assertFalse(Files.exists(instance.resolve("run/ports.json")));
        }
    }

    @Test
    void anInstanceIsHeldByOneAtATime() throws Exception {
        try (Instance instance = open()) {
            // The lock is of the process; within one it is refused in another way.
            assertThrows(OverlappingFileLockException.class, this::open);
            assertTrue(Files.exists(instance.resolve("run/skein.pid")));
        }
        open().close();
    }

    @Test
    void theFeaturesAreThoseOfTheLastLineThatNamesThem() throws Exception {
        try (Instance instance = open()) {
            assertEquals(List.of("core"), instance.configuredFeatures());
            Files.writeString(
                    instance.resolve("etc/init.properties"),
                    "# --features=none\n --features = core \n--features=core , cluster,\n--features-x=y\n");
            assertEquals(List.of("core", "cluster"), instance.configuredFeatures());
        }
    }

    private Instance open() throws StartException {
        return Instance.open(base, new Distribution(home));
    }
}
