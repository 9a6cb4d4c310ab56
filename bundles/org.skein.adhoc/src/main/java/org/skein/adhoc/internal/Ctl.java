package org.skein.adhoc.internal;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Function;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.command.CommandException;
import org.skein.api.command.CommandException.Kind;

/** What {@code bin/skein ctl} asks: as a function of the console whose answer is the exit status. */
@Component(
        service = Function.class,
        property = {"osgi.command.scope=skein", "osgi.command.function=_ctl"})
public final class Ctl implements Function {
    /** Variable of the session: where complaints go. */
    private static final String ERR = ".err";

    static final int DONE = 0;
    static final int FAILED = 1;
    /** Wrong words or an unknown command; nothing was done. */
    static final int USAGE = 2;
    /** Done, but not all nodes are in the answer. */
    static final int NODES_MISSING = 3;

    private final Operator operator;

    @Activate
    public Ctl(@Reference Operator operator) {
        this.operator = operator;
    }

    @Override
    public Object execute(CommandSession session, List<Object> arguments) throws Exception {
        PrintStream err = session.get(ERR) instanceof PrintStream stream ? stream : session.getConsole();
        return run(arguments.stream().map(String::valueOf).toList(), session.getConsole(), err);
    }

    int run(List<String> given, PrintStream out, PrintStream err) throws InterruptedException {
        List<String> words = new ArrayList<>(given);
        boolean json = words.remove("--json");
        if (words.remove("--list")) return list(json, out);
        boolean help = words.remove("--help");
        if (words.isEmpty()) return usage(err, "a command is missing; --list shows all");
        String name = words.remove(0);
        Optional<Definition> command = operator.registry().named(name);
        if (command.isEmpty()) return usage(err, "there is no command '" + Shown.plain(name) + "'; --list shows all");
        if (help) {
            out.println(Words.help(command.get()));
            return DONE;
        }
        try {
            Answer answer = operator.run(command.get(), words);
            return told(command.get(), answer, json, out, err);
        } catch (CommandException e) { // before it ran
            return usage(err, Shown.plain(String.valueOf(e.getMessage())));
        }
    }

    private static int usage(PrintStream err, String text) {
        err.println("skein: " + text);
        return USAGE;
    }

    private static int told(Definition command, Answer answer, boolean json, PrintStream out, PrintStream err) {
        if (json) {
            out.println(Json.of(command, answer));
        } else if (!answer.isDone()) {
            err.println("skein: " + Shown.plain(answer.failure()));
        } else {
            String shown = Shown.of(answer.result());
            if (!shown.isEmpty()) out.println(shown);
            if (!answer.notes().isEmpty()) err.println(Shown.notes(answer));
        }
        if (answer.isWhole()) return DONE;
        if (!answer.isDone() && answer.failureKind().equals(Optional.of(Kind.BAD_INPUT))) return USAGE;
        boolean failed = answer.nodes().stream().anyMatch(n -> n.state() == Answer.State.FAILED);
        return failed && !answer.isDone() ? FAILED : NODES_MISSING;
    }

    private int list(boolean json, PrintStream out) {
        if (json) {
            out.println(Json.array(operator.registry().all().stream()
                    .map(c -> {
                        Map<String, String> about = new LinkedHashMap<>();
                        about.put("name", Json.text(c.name()));
                        about.put("title", Json.text(c.about().title()));
                        return Json.object(about);
                    })
                    .toList()));
            return DONE;
        }
        operator.registry()
                .all()
                .forEach(c -> out.printf("%-28s %s%n", c.name(), c.about().title()));
        return DONE;
    }
}
