package org.skein.adhoc.internal;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Function;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.command.CommandException;

/** What {@code bin/skein ctl} asks: as a function of the console whose answer is the exit status. */
@Component(
        service = Function.class,
        property = {"osgi.command.scope=skein", "osgi.command.function=_ctl"})
public final class Ctl implements Function {
    /** Variable of the session: where complaints go. */
    private static final String ERR = ".err";

    private final Operator operator;
    private final Errands errands;

    @Activate
    public Ctl(@Reference Operator operator, @Reference Errands errands) {
        this.operator = operator;
        this.errands = errands;
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
        Optional<Abroad.Found> abroad = errands.abroad().named(name);
        if (command.isEmpty() && abroad.isEmpty()) {
            return usage(err, "there is no command '" + Shown.plain(name) + "'; --list shows all");
        }
        if (help) {
            out.println(command.map(Words::help)
                    .orElseGet(() -> abroad.orElseThrow().command().help()));
            return Said.DONE;
        }
        try {
            Said said = command.isPresent()
                    ? Said.of(command.get(), operator.run(command.get(), words), json)
                    : errands.run(abroad.get(), words, json);
            if (!said.out().isEmpty()) out.println(said.out());
            if (!said.err().isEmpty()) err.println(said.isDone() ? said.err() : "skein: " + said.err());
            return said.status();
        } catch (CommandException e) { // before it ran
            return usage(err, Shown.plain(String.valueOf(e.getMessage())));
        }
    }

    private static int usage(PrintStream err, String text) {
        err.println("skein: " + text);
        return Said.USAGE;
    }

    private int list(boolean json, PrintStream out) {
        Map<String, String> titles = new TreeMap<>();
        Map<String, String> nodes = new HashMap<>();
        operator.registry().all().forEach(c -> titles.put(c.name(), c.about().title()));
        errands.abroad().all().forEach(f -> {
            titles.put(f.command().name(), f.command().title());
            nodes.put(f.command().name(), f.at().name());
        });
        if (json) {
            List<String> all = new ArrayList<>();
            titles.forEach((name, title) -> {
                Map<String, String> about = new LinkedHashMap<>();
                about.put("name", Json.text(name));
                about.put("title", Json.text(title));
                if (nodes.containsKey(name)) about.put("node", Json.text(nodes.get(name)));
                all.add(Json.object(about));
            });
            out.println(Json.array(all));
            return Said.DONE;
        }
        titles.forEach((name, title) -> out.printf(
                "%-28s %s%n",
                name, nodes.containsKey(name) ? title + " (not here; runs at " + nodes.get(name) + ")" : title));
        return Said.DONE;
    }
}
