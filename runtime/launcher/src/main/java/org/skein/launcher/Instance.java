package org.skein.launcher;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The folder of one node: its configuration, data, logs and run-time files. Held by at most one process at a time. */
final class Instance implements AutoCloseable {
    private static final Pattern FEATURES = Pattern.compile("--features\\s*=(.*)");
    private static final Pattern CLUSTER_MODE = Pattern.compile("--cluster-mode\\s*=(.*)");
    private static final Set<String> YES = Set.of("true", "yes", "on");

    private final Path base;
    private final FileChannel lockFile;

    private Instance(Path base, FileChannel lockFile) {
        this.base = base;
        this.lockFile = lockFile;
    }

    /** Takes the folder for this process, makes what is missing in it and clears what a crash left behind. */
    static Instance open(Path base, Distribution distribution) throws StartException {
        try {
            if (!Files.isDirectory(base.resolve("etc")) && Files.isDirectory(distribution.instanceTemplate())) {
                Trees.copyMissing(distribution.instanceTemplate(), base);
            }
            for (String folder : List.of("etc", "data", "log", "deploy", "scripts", "run")) {
                Files.createDirectories(base.resolve(folder));
            }
            Path pidFile = base.resolve("run/skein.pid");
            FileChannel lockFile = FileChannel.open(
                    base.resolve("run/skein.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = lockFile.tryLock();
            if (lock == null) {
                lockFile.close();
                String pid = Files.exists(pidFile)
                        ? " (process " + Files.readString(pidFile).strip() + ")"
                        : "";
                throw new StartException(
                        StartException.ALREADY_RUNNING,
                        "a node is already running in " + base + pid + "; stop it first");
            }
            Instance instance = new Instance(base, lockFile);
            instance.removeRuntimeFiles();
            Files.writeString(pidFile, ProcessHandle.current().pid() + "\n");
            return instance;
        } catch (IOException e) {
            throw new StartException(StartException.FAILED, "cannot use " + base + " as an instance folder: " + e, e);
        }
    }

    Path base() {
        return base;
    }

    Path resolve(String path) {
        return base.resolve(path);
    }

    /** The features named by {@code --features} in {@code etc/init.properties}; the last such line counts. */
    List<String> configuredFeatures() throws StartException {
        List<String> features = List.of("core");
        for (String line : readLines(resolve("etc/init.properties"))) {
            Matcher matcher = FEATURES.matcher(line.strip());
            if (matcher.matches()) {
                features = Stream.of(matcher.group(1).split(","))
                        .map(String::strip)
                        .filter(f -> !f.isEmpty())
                        .toList();
            }
        }
        return features;
    }

    /** Whether {@code --cluster-mode=true} is in {@code etc/init.properties}; the last such line counts. */
    boolean isClusterMode() throws StartException {
        boolean mode = false;
        for (String line : readLines(resolve("etc/init.properties"))) {
            Matcher matcher = CLUSTER_MODE.matcher(line.strip());
            if (matcher.matches()) {
                mode = YES.contains(matcher.group(1).strip().toLowerCase(Locale.ROOT));
            }
        }
        return mode;
    }

    /** Features switched at the console: lines {@code +name} and {@code -name}. */
    List<String> switchedFeatures() throws StartException {
        return readLines(resolve("data/features"));
    }

    void writeSwitchedFeatures(List<String> lines) throws IOException {
        Files.write(resolve("data/features"), lines);
    }

    private static List<String> readLines(Path file) throws StartException {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : new ArrayList<>();
        } catch (IOException e) {
            throw new StartException(StartException.FAILED, "cannot read " + file + ": " + e, e);
        }
    }

    private void removeRuntimeFiles() throws IOException {
        for (String name : List.of("skein.pid", "ports.json", "ready", "console.sock")) {
            Files.deleteIfExists(base.resolve("run").resolve(name));
        }
    }

    @Override
    public void close() throws IOException {
        removeRuntimeFiles();
        lockFile.close();
    }
}
