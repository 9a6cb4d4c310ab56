package org.skein.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.skein.config.settings.InitFile;
import org.skein.config.settings.Problem;
import org.skein.config.settings.SettingsTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes an instance folder. It is complete or not there: all is written beside and moved in place. */
@Command(
        name = "create",
        description = {
            "Makes an instance: a folder with its own etc, data, log, deploy and scripts that shares the bundles of this"
                    + " distribution.",
            "An existing folder or an unknown name is refused with exit status 2, and nothing is written."
        })
final class Create implements Callable<Integer> {
    private static final List<String> FOLDERS = List.of("etc", "data", "log", "deploy", "scripts", "run");

    @Mixin
    private BaseOption base;

    @Parameters(paramLabel = "DIR", description = "The folder to make.")
    private Path folder;

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description = "A setting, named as in etc/init.properties without the dashes; may be repeated.")
    private List<String> settings = List.of();

    @Override
    public Integer call() throws IOException {
        Path target = folder.toAbsolutePath().normalize();
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new UsageException(folder + " exists already");
        }
        List<String> lines = lines();
        check(lines, target);
        Path parent = target.getParent();
        Files.createDirectories(parent);
        Path draft = Files.createTempDirectory(parent, ".skein-create-");
        try {
            fill(draft, lines);
            Files.move(draft, target);
        } catch (IOException e) {
            deleteTree(draft);
            throw e;
        }
        System.out.println("made " + target);
        System.out.println(
                "start it with: " + BaseOption.home().resolve("bin/skein") + " run --base " + quoted(target));
        return Main.DONE;
    }

    private List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (String setting : settings) {
            String bare = setting.replaceFirst("^-+", "");
            if (bare.indexOf('=') < 0) {
                throw new UsageException("--set needs NAME=VALUE, found '" + setting + "'");
            }
            if (bare.lines().count() != 1) {
                throw new UsageException("a value is one line: '" + setting + "'");
            }
            lines.add("--" + bare);
        }
        return lines;
    }

    private static void check(List<String> lines, Path target) {
        Path home = BaseOption.home();
        SettingsTable table = new SettingsTable.Builder()
                .addFile(home.resolve("share").resolve("settings.tsv"))
                .addJarsIn(home.resolve("bundles"))
                .build();
        List<Problem> problems = InitFile.parse("--set", lines, target, table).problems();
        if (!problems.isEmpty()) {
            throw new UsageException(problems.stream().map(Problem::message).collect(Collectors.joining("\nskein: ")));
        }
    }

    private static void fill(Path draft, List<String> lines) throws IOException {
        Path template = BaseOption.home().resolve("share").resolve("instance");
        if (Files.isDirectory(template)) {
            copyTree(template, draft);
        }
        for (String name : FOLDERS) {
            Files.createDirectories(draft.resolve(name));
        }
        Path init = draft.resolve("etc").resolve("init.properties");
        String text = Files.exists(init) ? Files.readString(init) : "";
        if (!text.isEmpty() && !text.endsWith("\n")) {
            text += "\n";
        }
        Files.writeString(init, text + lines.stream().map(l -> l + "\n").collect(Collectors.joining()));
        // mkdtemp makes folders for their owner alone; an instance is as open as the operator's umask says.
        Files.setPosixFilePermissions(draft, Files.getPosixFilePermissions(draft.resolve("etc")));
    }

    private static void copyTree(Path from, Path to) throws IOException {
        try (Stream<Path> tree = Files.walk(from)) {
            for (Path path : tree.sorted().toList()) {
                Path copy = to.resolve(from.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(path, copy);
                }
            }
        }
    }

    private static void deleteTree(Path root) throws IOException {
        try (Stream<Path> tree = Files.walk(root)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    /** As one types it at a shell. */
    static String quoted(Path path) {
        String text = path.toString();
        return text.matches("[A-Za-z0-9_./+:@%-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
