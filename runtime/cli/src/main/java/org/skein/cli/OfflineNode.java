package org.skein.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A node started only to carry out an operator's request while the instance is stopped: the same bundles, but no
 * listener is opened. Ends when closed.
 */
final class OfflineNode implements AutoCloseable {
    private static final long BOOT_MS = 60_000;
    private static final long POLL_MS = 50;

    private final Process process;
    private final Path base;
    private final Path output;

    private OfflineNode(Process process, Path base, Path output) {
        this.process = process;
        this.base = base;
        this.output = output;
    }

    static OfflineNode boot(Path base) throws IOException {
        Path output = Files.createTempFile("skein-offline-", ".log");
        ProcessBuilder builder = new ProcessBuilder(
                        BaseOption.home().resolve("bin").resolve("skein").toString(), "run", "--base", base.toString())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("SKEIN_OFFLINE", "true");
        return new OfflineNode(builder.start(), base, output);
    }

    /** Waits for its console. */
    Link connect() throws IOException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(BOOT_MS);
        try {
            while (System.nanoTime() < end) {
                Optional<Link> link = Link.open(base);
                if (link.isPresent()) {
                    return link.get();
                }
                if (process.waitFor(POLL_MS, TimeUnit.MILLISECONDS)) {
                    throw new IOException("the instance cannot be opened: " + said());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new IOException("the instance cannot be opened: no answer after " + BOOT_MS / 1000 + " s");
    }

    private String said() throws IOException {
        return Files.readString(output).lines().filter(l -> !l.isBlank()).collect(Collectors.joining("\n"));
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Files.deleteIfExists(output);
    }
}
