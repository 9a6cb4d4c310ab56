package org.skein.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What takes the place of a node that hangs as it stops. */
class SuccessorTest {
    private static final long PATIENCE_SECONDS = 60;

    @TempDir
    private Path home;

    private Process hanging;

    @BeforeEach
    void start() throws IOException {
        hanging = new ProcessBuilder("cat").start(); // until its input ends
    }

    @AfterEach
    void end() throws InterruptedException {
        hanging.destroyForcibly().waitFor();
    }

    @Test
    void itStartsWhenTheOtherIsGoneAndNotBefore() throws Exception {
        Path said = home.resolve("said");
        Path script = Files.createDirectories(home.resolve("bin")).resolve("skein");
        Files.writeString(script, """
                #!/bin/sh
                exec >'%s'
                if kill -0 %d 2>/dev/null; then echo early; fi
                printf '%%s|' "$@"
                cat
                """.formatted(said, hanging.pid()));
        assertTrue(script.toFile().setExecutable(true));
        Process next = Successor.after(hanging.pid(), home, home.resolve("my node"));
        try {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (next.descendants().noneMatch(SuccessorTest::isWaiting)) {
                assertTrue(next.isAlive() && System.nanoTime() < end, "did not wait");
                Thread.onSpinWait();
            }
            hanging.getOutputStream().close();
            assertTrue(next.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS));
            assertEquals("run|--base|" + home.resolve("my node") + "|", Files.readString(said));
        } finally {
            next.destroyForcibly().waitFor();
        }
    }

    private static boolean isWaiting(ProcessHandle process) {
        return process.info()
                .commandLine()
                .filter(c -> c.contains("sleep 0.1") && !c.contains("-c"))
                .isPresent();
    }
}
