package org.skein.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Commands the shell script carries out; here for their help and for the messages about wrong arguments. */
final class ScriptCommands {
    private ScriptCommands() {}

    /** What they have in common: they get here only when the script did not understand their arguments. */
    private abstract static class InScript implements Runnable {
        @Mixin
        private BaseOption base;

        @Override
        public void run() {
            throw new IllegalStateException("is carried out by bin/skein");
        }
    }

    @Command(
            name = "run",
            description = {
                "Runs a node in the foreground until SIGTERM, Ctrl-C or, at its console, Ctrl-D.",
                "With a terminal there is a console; type 'help' in it."
            })
    static final class Run extends InScript {}

    @Command(
            name = "start",
            description = {
                "Starts a node in the background.",
                "Returns 0 when clients can log in, else 1 with the reason as the last line."
            })
    static final class Start extends InScript {
        @Option(
                names = "--timeout",
                paramLabel = "SECONDS",
                description = "How long clients may have to wait for their login (default: 60).")
        private int timeout;
    }

    @Command(name = "stop", description = "Stops the node and waits until it is gone; messages are kept, clients told.")
    static final class Stop extends InScript {
        @Option(names = "--timeout", paramLabel = "SECONDS", description = "How long to wait (default: 20).")
        private int timeout;
    }

    @Command(
            name = "demo-cluster",
            description = {
                "Starts a database, three nodes and, where it is installed, HAProxy on this machine, in a temporary folder,",
                "and says what to try. Ctrl-C ends all of it."
            })
    static final class DemoCluster extends InScript {}

    @Command(name = "version", description = "Prints the version.")
    static final class Version extends InScript {}
}
