package org.skein.launcher;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The node that takes this one's place when it is restarted and nobody else starts it again: a process of its own, with
 * what this one has as input and output. This one stays beside it and ends as it does, for whoever waits for it.
 */
final class Successor {
    private static final String SUPERVISED = "SKEIN_RESTARTS";

    private Successor() {}

    /**
     * Runs it to its end, again and again as long as it is to be restarted.
     *
     * @return its exit status; empty, at once, where somebody else starts it
     */
    static Optional<Integer> of(Distribution distribution, Path base) throws IOException, InterruptedException {
        if (Boolean.parseBoolean(System.getenv(SUPERVISED))) return Optional.empty();
        System.gc(); // what the node here leaves behind is not needed any more
        int status;
        do {
            ProcessBuilder command = new ProcessBuilder(
                            distribution.home().resolve("bin/skein").toString(), "run", "--base", base.toString())
                    .inheritIO();
            command.environment().put(SUPERVISED, "true");
            Process process = command.start();
            Signals.onStop(process::destroy);
            status = process.waitFor();
        } while (status == Main.RESTART);
        return Optional.of(status);
    }
}
