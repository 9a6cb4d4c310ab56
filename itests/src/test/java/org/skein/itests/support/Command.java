package org.skein.itests.support;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A finished run of {@code bin/skein}.
 *
 * @param status its exit status
 * @param output what it printed, standard output and standard error in one
 */
public record Command(List<String> arguments, int status, String output) {
    private static final long LIMIT_SECONDS = 90;

    /** The distribution under test. */
    public static Path home() {
        String home = System.getProperty("skein.home");
        if (home == null) {
            throw new IllegalStateException("system property skein.home must name the distribution");
        }
        return Path.of(home).toAbsolutePath().normalize();
    }

    /** Runs {@code bin/skein ARGUMENTS} to its end. */
    public static Command skein(String... arguments) {
        return skein(Map.of(), "", arguments);
    }

    /** The same with more environment and with standard input. */
    public static Command skein(Map<String, String> environment, String input, String... arguments) {
        List<String> line = new ArrayList<>();
        line.add(home().resolve("bin/skein").toString());
        line.addAll(List.of(arguments));
        try {
            Path in = Files.createTempFile("skein-in", ".txt");
            Path out = Files.createTempFile("skein-out", ".txt");
            Files.writeString(in, input);
            ProcessBuilder builder = new ProcessBuilder(line)
                    .redirectInput(in.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(out.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            Processes.guard(process.toHandle());
            boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
            if (!ended) {
                process.destroyForcibly().waitFor();
            }
            String output = Files.readString(out);
            Files.delete(in);
            Files.delete(out);
            if (!ended) {
                throw new AssertionError(line + " did not end within " + LIMIT_SECONDS + " s; it printed:\n" + output);
            }
            return new Command(List.of(arguments), process.exitValue(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Fails the test unless the command succeeded. */
    public Command succeeds() {
        return exits(0);
    }

    public Command exits(int expected) {
        assertEquals(expected, status, () -> "exit status of skein " + arguments + ", which printed:\n" + output);
        return this;
    }
}
