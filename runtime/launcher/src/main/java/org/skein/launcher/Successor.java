package org.skein.launcher;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The node that takes this one's place when it is restarted and nobody else starts it again: a process of its own, with
 * what this one has as input and output. This one stays beside it and ends as it does, for whoever waits for it.
 */
final class Successor {
    private static final String SUPERVISED = "SKEIN_RESTARTS";

    /** A zombie holds nothing any more; who is to wait for it may take long. */
    private static final String WHEN_GONE = """
            while kill -0 "$1" 2>/dev/null && ! sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | grep -q '^Z'; do
                sleep 0.1
            done
            shift
            exec "$@"
            """;

    private Successor() {}

    /**
     * Runs it to its end, again and again as long as it is to be restarted.
     *
     * @return its exit status; empty, at once, where somebody else starts it
     */
    static Optional<Integer> of(Distribution distribution, Path base) throws IOException, InterruptedException {
        if (isSupervised()) return Optional.empty();
        System.gc(); // what the node here leaves behind is not needed any more
        int status;
        do {
            ProcessBuilder command = new ProcessBuilder(command(distribution.home(), base)).inheritIO();
            command.environment().put(SUPERVISED, "true");
            Process process = command.start();
            Signals.onStop(process::destroy);
            status = process.waitFor();
        } while (status == Main.RESTART);
        return Optional.of(status);
    }

    /** Whether somebody else starts the node again. */
    static boolean isSupervised() {
        return Boolean.parseBoolean(System.getenv(SUPERVISED));
    }

    /**
     * Runs as soon as a process is gone with its ports, locks and connections, on its own: for one that cannot wait for
     * it. Without input: the terminal is that of who ran the other by then, and no console's.
     *
     * @param pid of what is to be gone
     */
    static Process after(long pid, Path home, Path base) throws IOException {
        List<String> words = new ArrayList<>(List.of("sh", "-c", WHEN_GONE, "sh", Long.toString(pid)));
        words.addAll(command(home, base));
        return new ProcessBuilder(words)
                .inheritIO()
                .redirectInput(new File("/dev/null"))
                .start();
    }

    private static List<String> command(Path home, Path base) {
        return List.of(home.resolve("bin/skein").toString(), "run", "--base", base.toString());
    }
}
