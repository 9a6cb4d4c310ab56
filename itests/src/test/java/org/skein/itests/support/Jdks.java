package org.skein.itests.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Other versions of Java on this machine. */
public final class Jdks {
    private Jdks() {}

    /** Where a Java of that version is: what {@code JAVA<version>_HOME} names, else one of {@code /usr/lib/jvm}. */
    public static Optional<Path> find(int version) {
        List<Path> candidates = new ArrayList<>();
        String named = System.getenv("JAVA" + version + "_HOME");
        if (named != null && !named.isBlank()) {
            candidates.add(Path.of(named));
        }
        Path installed = Path.of("/usr/lib/jvm");
        if (Files.isDirectory(installed)) {
            try (DirectoryStream<Path> folders = Files.newDirectoryStream(installed, "*" + version + "*")) {
                folders.forEach(candidates::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return candidates.stream().filter(c -> isOfVersion(c, version)).findFirst();
    }

    private static boolean isOfVersion(Path home, int version) {
        Path release = home.resolve("release");
        try {
            return Files.isExecutable(home.resolve("bin/java"))
                    && Files.isReadable(release)
                    && Files.readString(release).contains("JAVA_VERSION=\"" + version);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
