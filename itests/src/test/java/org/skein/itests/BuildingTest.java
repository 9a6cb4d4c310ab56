package org.skein.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skein.itests.support.Command;
import org.skein.itests.support.Processes;

/** {@code ./skein} where a JDK or Maven is missing or too old, and the distribution as it is given away. */
class BuildingTest {
    private static final List<String> TOOLS = List.of(
            "sh",
            "dirname",
            "basename",
            "find",
            "head",
            "sed",
            "readlink",
            "mkdir",
            "flock",
            "grep",
            "touch",
            "mv",
            "cat");

    @TempDir
    Path folder;

    /** Runs the script, in a project with nothing built, where these tools are all there is. */
    private String refusal(Path tools, Map<String, String> environment) throws Exception {
        Path script = Files.createDirectories(folder.resolve("project")).resolve("skein");
        Files.copy(
                Path.of(System.getProperty("skein.root"), "skein"),
                script,
                StandardCopyOption.REPLACE_EXISTING,
                StandardCopyOption.COPY_ATTRIBUTES);
        for (String name : TOOLS) {
            Path link = tools.resolve(name);
            if (!Files.exists(link)) program(link, "exec " + found(name) + " \"$@\"");
        }
        ProcessBuilder builder = new ProcessBuilder(script.toString(), "run").redirectErrorStream(true);
        builder.environment().remove("JAVA_HOME");
        builder.environment().put("PATH", tools.toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        Processes.guard(process.toHandle());
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes());
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        assertEquals(1, process.exitValue(), said);
        return said.lines().reduce((a, b) -> b).orElse("");
    }

    private static Path found(String tool) {
        return Stream.of(System.getenv("PATH").split(":"))
                .map(p -> Path.of(p, tool))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + tool));
    }

    private Path empty(String name) throws IOException {
        return Files.createDirectories(folder.resolve(name));
    }

    private static void program(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + text + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Path java(String version, boolean compiler) throws IOException {
        Path home = empty("java-" + version + compiler);
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
        program(home.resolve("bin/java"), "exit 0");
        if (compiler) program(home.resolve("bin/javac"), "exit 0");
        return home;
    }

    @Test
    void aMissingOrOldJavaIsNamedWithWhatToInstall() throws Exception {
        String wanted = ".*JDK, version 17 or later.*apt-get install openjdk-\\d+-jdk-headless";
        String none = refusal(empty("none"), Map.of());
        assertTrue(none.matches(wanted), none);

        String old =
                refusal(empty("old"), Map.of("JAVA_HOME", java("11.0.20", true).toString()));
        assertTrue(old.matches(wanted) && old.contains("is version 11"), old);

        String runtime = refusal(
                empty("runtime"), Map.of("JAVA_HOME", java("21.0.4", false).toString()));
        assertTrue(runtime.matches(".*no compiler.*apt-get install openjdk-21-jdk-headless"), runtime);
    }

    @Test
    void aMissingOrOldMavenIsNamedWithWhatToInstall() throws Exception {
        Map<String, String> environment =
                Map.of("JAVA_HOME", java("17.0.9", true).toString());
        String wanted = ".*Maven, version 3.8 or later.*apt-get install maven";
        String none = refusal(empty("no-maven"), environment);
        assertTrue(none.matches(wanted), none);

        Path tools = empty("old-maven");
        program(tools.resolve("mvn"), "echo 'Apache Maven 3.6.3'");
        String old = refusal(tools, environment);
        assertTrue(old.matches(wanted) && old.contains("3.6"), old);
    }

    /** On a machine without the sources: unpack, start, add a user. */
    @Test
    void theArchiveIsAllAServerNeeds() throws Exception {
        String version = Files.readString(Command.home().resolve("VERSION")).strip();
        Path archive = Command.home().resolveSibling("skein-" + version + ".tar.gz");
        Process tar = new ProcessBuilder("tar", "-xzf", archive.toString(), "-C", folder.toString())
                .inheritIO()
                .start();
        assertEquals(0, tar.waitFor());
        List<Path> unpacked;
        try (Stream<Path> files = Files.list(folder)) {
            unpacked = files.toList();
        }
        assertEquals(1, unpacked.size(), unpacked::toString);
        Path home = unpacked.get(0);
        Files.writeString(
                Files.createDirectories(home.resolve("etc")).resolve("init.properties"),
                "--bind-address=127.0.0.1\n--c2s-port=0\n--c2s-tls-port=0\n--http-port=0\n");
        try {
            assertEquals("Skein " + version, unpacked(home, "version"));
            assertTrue(unpacked(home, "start").startsWith("running, pid "));
            assertTrue(unpacked(home, "user", "add", "anna@localhost", "--password", "x")
                    .contains("anna@localhost"));
            assertEquals("anna@localhost", unpacked(home, "user", "list"));
            unpacked(home, "shell", "feature:list");
        } finally {
            assertEquals("stopped", unpacked(home, "stop"));
        }
    }

    private static String unpacked(Path home, String... arguments) throws Exception {
        List<String> line = Stream.concat(Stream.of(home.resolve("bin/skein").toString()), Stream.of(arguments))
                .toList();
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        Processes.guard(process.toHandle());
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes()).strip();
        assertEquals(0, process.waitFor(), said);
        return said;
    }
}
