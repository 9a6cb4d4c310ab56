package org.skein.itests.support;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a node takes. */
public final class Memory {
    private static final Pattern LIVE_BYTES = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

    private Memory() {}

    /** What is reachable on the heap, in KiB: a full collection goes before. */
    public static long liveHeapKiB(ServerProcess server) {
        return number(LIVE_BYTES, histogram(server)) / 1024;
    }

    /** The memory the process has from the system, in KiB, after a full collection. */
    public static long residentKiB(ServerProcess server) throws IOException {
        histogram(server);
        return number(RESIDENT, Files.readString(Path.of("/proc/" + pid(server) + "/status")));
    }

    /**
     * The classes of which something is reachable, with how many; a class of two class loaders has two lines. Counting them is
     * a full collection; {@code GC.run} is a concurrent one with the flags of a node.
     */
    public static String histogram(ServerProcess server) {
        return jcmd(server, "GC.class_histogram");
    }

    private static long number(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        assertTrue(matcher.find(), () -> "no " + pattern + " in " + text);
        return Long.parseLong(matcher.group(1));
    }

    private static String pid(ServerProcess server) {
        try {
            return Files.readString(server.resolve("run/skein.pid")).strip();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String jcmd(ServerProcess server, String command) {
        try {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "jcmd")
                                    .toString(),
                            pid(server),
                            command)
                    .redirectErrorStream(true)
                    .start();
            Processes.guard(process.toHandle());
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor() == 0, output);
            return output;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
