package org.skein.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** {@code --base} and {@code --help}, which every command takes. */
final class BaseOption {
    @Option(
            names = "--base",
            paramLabel = "DIR",
            description = "The instance folder (default: the distribution itself).")
    private Path base;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Shows this help.")
    private boolean help;

    /** The distribution. */
    static Path home() {
        return Path.of(System.getProperty("skein.home", ".")).toAbsolutePath().normalize();
    }

    boolean isGiven() {
        return base != null;
    }

    /** The instance, without symbolic links, as the server knows it. */
    Path base() throws IOException {
        return instance(base);
    }

    /** @param given null for the distribution itself */
    static Path instance(Path given) throws IOException {
        Path folder = given == null ? home() : given;
        if (!Files.isDirectory(folder)) {
            throw new UsageException("no such folder: " + folder);
        }
        return folder.toRealPath();
    }
}
