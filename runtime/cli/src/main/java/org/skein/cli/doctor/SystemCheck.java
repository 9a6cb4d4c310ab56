package org.skein.cli.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.skein.config.settings.Problem;

/** Versions, the process, the settings as written, files and space. */
final class SystemCheck {
    private static final long LITTLE_SPACE = 512L << 20;
    private static final int FEW_FILES = 8192;

    private SystemCheck() {}

    static void run(Instance instance, Findings findings) throws IOException {
        Path version = instance.home().resolve("VERSION");
        findings.ok(
                "version",
                "Skein " + (Files.exists(version) ? Files.readString(version).strip() : "unknown") + ", Java "
                        + System.getProperty("java.version") + " (" + System.getProperty("java.home") + ")");
        process(instance, findings);
        for (Problem problem : instance.problems()) {
            findings.fail("settings", problem.toString(), "Mend that line; until then the node does not start");
        }
        if (instance.problems().isEmpty()) {
            findings.ok("settings", instance.settings().size() + " set, all understood");
        }
        space(instance, findings);
        openFiles(instance, findings);
    }

    private static void process(Instance instance, Findings findings) throws IOException {
        if (!instance.isRunning()) {
            findings.ok("node", "not running");
            return;
        }
        Path waiting = instance.base().resolve("run/waiting");
        String pid = "pid " + instance.pid().getAsLong();
        if (Files.exists(instance.base().resolve("run/ready"))) {
            findings.ok("node", "running, " + pid);
        } else if (Files.exists(waiting)) {
            findings.fail(
                    "node",
                    "running, " + pid + ", but clients cannot log in: "
                            + Files.readString(waiting).strip(),
                    "log/skein.log has more");
        } else {
            findings.warn("node", "starting, " + pid, "Ask again in a few seconds");
        }
    }

    private static void space(Instance instance, Findings findings) throws IOException {
        Path data = instance.base().resolve("data");
        if (!Files.isWritable(instance.base())) {
            findings.fail("files", instance.base() + " cannot be written", "Run this as the user of the node");
            return;
        }
        long free =
                Files.getFileStore(Files.exists(data) ? data : instance.base()).getUsableSpace();
        String seen = (free >> 20) + " MiB free for data and logs";
        if (free < LITTLE_SPACE) {
            findings.warn("files", seen, "Make room: a full disk stops logs and the embedded database");
        } else {
            findings.ok("files", seen);
        }
    }

    /** Of the node if it runs, else of this shell, from which it would be started. */
    private static void openFiles(Instance instance, Findings findings) throws IOException {
        Path limits = Path.of(
                "/proc", instance.isRunning() ? Long.toString(instance.pid().getAsLong()) : "self", "limits");
        if (!Files.isReadable(limits)) {
            return;
        }
        for (String line : Files.readAllLines(limits)) {
            String[] words = line.split(" {2,}");
            if (words[0].equals("Max open files") && words.length > 2) {
                String hard = words[2].strip();
                if (hard.matches("[0-9]+") && Long.parseLong(hard) < FEW_FILES) {
                    findings.warn(
                            "open files",
                            "at most " + hard + ", and each connection takes one",
                            "Raise the limit of the node's user (ulimit -n, LimitNOFILE of systemd)");
                } else {
                    findings.ok("open files", "at most " + hard);
                }
            }
        }
    }
}
