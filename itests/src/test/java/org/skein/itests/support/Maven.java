package org.skein.itests.support;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Builds outside of this project, by the Maven that builds it. They see the local repository as it is, but our own
 * artifacts as they were built just now: neither are they installed, nor is an older one taken that somebody installed.
 */
public final class Maven {
    private static final long LIMIT_MINUTES = 10;

    private final Path repository;
    private final String version = property("skein.version");
    private final Path root = Path.of(property("skein.root")).toAbsolutePath().normalize();

    /** @param folder of its own; what is in it goes */
    public Maven(Path folder) throws IOException {
        clear(folder);
        repository = Files.createDirectories(folder.resolve("repository").toAbsolutePath());
        Path real = Path.of(property("skein.maven.repository"));
        link(real, repository, "org");
        link(real.resolve("org"), repository.resolve("org"), "skein");
    }

    private static String property(String name) {
        String value = System.getProperty(name);
        if (value == null)
            throw new IllegalStateException("system property " + name + " is missing, see itests/pom.xml");
        return value;
    }

    /** Links are not followed. */
    private static void clear(Path folder) throws IOException {
        if (!Files.exists(folder)) return;
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) Files.delete(path);
        }
    }

    /** All that is in one folder appears in another, but for one name. */
    private static void link(Path from, Path to, String except) throws IOException {
        Files.createDirectories(to.resolve(except));
        try (Stream<Path> entries = Files.list(from)) {
            for (Path entry : entries.toList()) {
                if (!entry.getFileName().toString().equals(except)) {
                    Files.createSymbolicLink(to.resolve(entry.getFileName()), entry);
                }
            }
        }
    }

    /** A pom of this project. */
    public Maven parent(String folder, String artifact) throws IOException {
        Path target = Files.createDirectories(
                repository.resolve("org/skein").resolve(artifact).resolve(version));
        Files.copy(root.resolve(folder).resolve("pom.xml"), target.resolve(artifact + '-' + version + ".pom"));
        return this;
    }

    /** A module as it was built, with its pom. */
    public Maven module(String folder, String artifact) throws IOException {
        parent(folder, artifact);
        String jar = artifact + '-' + version + ".jar";
        Files.copy(
                root.resolve(folder).resolve("target").resolve(jar),
                repository
                        .resolve("org/skein")
                        .resolve(artifact)
                        .resolve(version)
                        .resolve(jar));
        return this;
    }

    /** Runs {@code mvn} there; online only if something is not there yet. */
    public void run(Path folder, String... arguments) throws IOException, InterruptedException {
        if (status(folder, "-o", arguments) == 0) return;
        int status = status(folder, "-U", arguments);
        if (status != 0) {
            throw new AssertionError("mvn " + List.of(arguments) + " ended with status " + status + ":\n"
                    + Files.readString(log(folder)));
        }
    }

    private static Path log(Path folder) {
        return folder.resolve("mvn.log");
    }

    private int status(Path folder, String first, String... arguments) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>();
        line.add(Path.of(property("maven.home"), "bin", "mvn").toString());
        line.addAll(List.of("-B", "-ntp", "-Dmaven.repo.local=" + repository, first));
        line.addAll(List.of(arguments));
        Process process = new ProcessBuilder(line)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log(folder).toFile())
                .start();
        Processes.guard(process.toHandle());
        if (process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) return process.exitValue();
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
        throw new AssertionError(line + " did not end:\n" + Files.readString(log(folder)));
    }
}
