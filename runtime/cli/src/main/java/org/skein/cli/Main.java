package org.skein.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** All commands of {@code bin/skein}; the shell script carries out {@code run}, {@code start}, {@code stop} and {@code version} itself. */
@Command(
        name = "skein",
        description = "Runs and rules nodes of the Skein XMPP server.",
        mixinStandardHelpOptions = false,
        subcommands = {
            ScriptCommands.Run.class,
            ScriptCommands.Start.class,
            ScriptCommands.Stop.class,
            Status.class,
            Create.class,
            Shell.class,
            User.class,
            Ctl.class,
            Doctor.class,
            ScriptCommands.DemoCluster.class,
            ScriptCommands.Version.class,
            HelpCommand.class
        },
        footer = {
            "",
            "Exit status: 0 done, 1 failed, 2 wrong arguments or configuration.",
            "Environment: JAVA_HOME, JAVA_OPTS."
        })
public final class Main implements Runnable {
    /** Done. */
    static final int DONE = 0;
    /** What was asked for could not be done. */
    static final int FAILED = 1;
    /** The arguments are wrong; nothing was done. */
    static final int USAGE = 2;

    @Spec
    private CommandSpec spec;

    @CommandLine.Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Shows this help.")
    private boolean help;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    public static void main(String[] args) {
        CommandLine line = new CommandLine(new Main());
        // Options of commands only the node knows, in their order.
        line.getSubcommands().get("ctl").setUnmatchedOptionsArePositionalParams(true);
        line.setExecutionExceptionHandler((e, command, result) -> {
            command.getErr().println("skein: " + (e.getMessage() == null ? e.toString() : e.getMessage()));
            return e instanceof UsageException ? USAGE : FAILED;
        });
        System.exit(line.execute(args));
    }
}
