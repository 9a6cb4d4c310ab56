package org.skein.itests.support;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The jars of {@code examples/}, as the build made them. */
public final class Examples {
    private Examples() {}

    public static Path componentEcho() throws IOException {
        return jar("component-echo");
    }

    public static Path strategyHome() throws IOException {
        return jar("strategy-home");
    }

    public static Path commandTopSenders() throws IOException {
        return jar("command-top-senders");
    }

    private static Path jar(String example) throws IOException {
        Path target = Path.of(System.getProperty("skein.root"), "examples", example, "target");
        try (Stream<Path> files = Files.list(target)) {
            return files.filter(f -> f.getFileName().toString().matches(example + "-[0-9.]+(-SNAPSHOT)?\\.jar"))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
