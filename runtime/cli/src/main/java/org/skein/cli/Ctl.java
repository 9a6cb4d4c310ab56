package org.skein.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.skein.console.link.Frame;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Has the running node carry out an administration command on the whole cluster; the node knows which there are. */
@Command(
        name = "ctl",
        description = {
            "Runs an administration command, on all nodes it concerns.",
            "FIELD is name=value or --name=value, or a value alone in the order of the command's fields.",
            "'ctl --list' shows the commands, 'ctl NAME --help' what one takes."
        },
        footer = {
            "",
            "Exit status: 0 done, 1 failed, 2 wrong arguments or an unknown command, 3 done, but nodes named in the",
            "answer are missing from it."
        })
final class Ctl implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--base",
            paramLabel = "DIR",
            description = "The instance folder (default: the distribution itself).")
    private Path base;

    @Option(names = "--json", description = "Prints the answer as JSON.")
    private boolean json;

    @Option(names = "--list", description = "Lists the commands.")
    private boolean list;

    @Option(
            names = {"-h", "--help"},
            description = "Shows this help; with NAME that of the command.")
    private boolean help;

    @Parameters(paramLabel = "NAME", arity = "0..1", index = "0", description = "For instance 'user:online-count'.")
    private String name;

    @Parameters(paramLabel = "FIELD", arity = "0..*", index = "1..*", description = "What the command takes.")
    private List<String> fields = List.of();

    @Override
    public Integer call() throws IOException {
        if (help && name == null) {
            spec.commandLine().usage(System.out);
            return Main.DONE;
        }
        if (name != null && name.startsWith("-")) throw new UsageException("unknown option " + name);
        if (name == null && !list) throw new UsageException("a command is missing; 'ctl --list' shows all");
        Path folder = BaseOption.instance(base);
        try (Link link =
                Link.open(folder).orElseThrow(() -> new IllegalStateException("no node is running on " + folder))) {
            link.send(Frame.of(Frame.Type.CALL, words()));
            return link.relay();
        }
    }

    private List<String> words() {
        List<String> words = new ArrayList<>(List.of("ctl"));
        if (json) words.add("--json");
        if (list) words.add("--list");
        if (help) words.add("--help");
        if (name != null) words.add(name);
        words.addAll(FileField.whole(name, fields, Path.of("")));
        return words;
    }
}
