package org.skein.itests.support;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * The distribution as it will be after the next change of what nodes say to each other: the present one, compiled to offer
 * one version of the transport's protocol and one protocol level more.
 */
public final class NextVersion {
    public static final String NAME = "99.0.0-next";

    private NextVersion() {}

    /** @param folder an empty one, to be filled with as much as the distribution has */
    public static Path make(Path folder) throws IOException {
        Path home = Command.home();
        try (Stream<Path> all = Files.walk(home)) {
            for (Path from : (Iterable<Path>) all::iterator) {
                Path to = folder.resolve(home.relativize(from).toString());
                if (Files.isDirectory(from)) Files.createDirectories(to);
                else Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        Files.writeString(folder.resolve("VERSION"), NAME + "\n");
        change(
                folder,
                "org.skein.cluster.transport.netty",
                "org/skein/cluster/transport/netty/internal/Settings",
                "int maxVersion = (Frames.VERSION);");
        change(
                folder,
                "org.skein.cluster.core",
                "org/skein/cluster/core/internal/ClusterMember",
                "int LEVEL = (\\d+);");
        return folder;
    }

    /** @param number matches where a type says a number, which is its group */
    private static void change(Path distribution, String bundle, String type, String number) throws IOException {
        Path scratch = Files.createTempDirectory("skein-it-next");
        try {
            change(distribution, bundle, type, number, scratch);
        } finally {
            try (Stream<Path> made = Files.walk(scratch)) {
                for (Path one : made.sorted(Comparator.reverseOrder()).toList()) Files.delete(one);
            }
        }
    }

    private static void change(Path distribution, String bundle, String type, String number, Path scratch)
            throws IOException {
        Path source = scratch.resolve(type.substring(type.lastIndexOf('/') + 1) + ".java");
        String text = Files.readString(Path.of("../bundles", bundle, "src/main/java", type + ".java"));
        Matcher matcher = Pattern.compile(number).matcher(text);
        assertTrue(matcher.find(), type + " has no " + number);
        Files.writeString(source, text.substring(0, matcher.end(1)) + " + 1" + text.substring(matcher.end(1)));
        Path jar;
        String classPath;
        try (Stream<Path> jars = Files.list(distribution.resolve("bundles"))) {
            List<Path> all = jars.toList();
            classPath = all.stream().map(Path::toString).collect(Collectors.joining(":"));
            jar = all.stream()
                    .filter(j -> j.getFileName().toString().matches(bundle.replace(".", "\\.") + "-[0-9].*\\.jar"))
                    .findFirst()
                    .orElseThrow();
        }
        compile(scratch, source, classPath);
        try (FileSystem inside = FileSystems.newFileSystem(URI.create("jar:" + jar.toUri()), Map.of());
                Stream<Path> made = Files.walk(scratch)) {
            for (Path one : (Iterable<Path>) made.filter(f -> f.toString().endsWith(".class"))::iterator) {
                Files.copy(one, inside.getPath("/" + scratch.relativize(one)), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static void compile(Path scratch, Path source, String classPath) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            assertTrue(
                    compiler.getTask(
                                    null,
                                    files,
                                    null,
                                    List.of(
                                            "--release",
                                            "17",
                                            "-nowarn",
                                            "-proc:none",
                                            "-cp",
                                            classPath,
                                            "-d",
                                            scratch.toString()),
                                    null,
                                    files.getJavaFileObjects(source))
                            .call(),
                    "it compiles");
        }
    }
}
