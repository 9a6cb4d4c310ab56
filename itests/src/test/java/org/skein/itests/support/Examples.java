package org.skein.itests.support;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The jars of {@code examples/}, as the build made them. */
public final class Examples {
    private Examples() {}

    public static Path componentEcho() throws IOException {
        Path target = Path.of(System.getProperty("skein.root"), "examples/component-echo/target");
        try (Stream<Path> files = Files.list(target)) {
            return files.filter(f -> f.getFileName().toString().matches("component-echo-.*\\.jar"))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
