package org.skein.adhoc.internal;

import java.util.Collection;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Function;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.skein.adhoc.internal.Abroad.Found;

/** Makes each command one of the console, as long as it is there. */
@Component(
        service = {},
        immediate = true)
public final class ConsoleCommands implements Registry.Listener {
    /** Service properties the console's {@code help} reads: one line, and all there is to say. */
    private static final String DESCRIPTION = "skein.command.description";

    private static final String HELP = "skein.command.help";

    /** And what its completion reads: words, a tabulator, and what each is. */
    private static final String FIELDS = "skein.command.fields";

    /** A command of the console itself, of the same name, is the one that is meant there. */
    private static final int BEHIND_OTHERS = -100;

    private final BundleContext context;
    private final Operator operator;
    private final Errands errands;
    private final Runnable abroadChanged = this::abroadChanged;
    private final Map<Definition, ServiceRegistration<?>> registered = new HashMap<>(); // the registry's lock
    private final Map<Found, ServiceRegistration<?>> abroad = new HashMap<>(); // guarded by this

    @Activate
    public ConsoleCommands(BundleContext context, @Reference Operator operator, @Reference Errands errands) {
        this.context = context;
        this.operator = operator;
        this.errands = errands;
        operator.registry().listen(this);
        errands.abroad().listen(abroadChanged);
    }

    @Deactivate
    void deactivate() {
        operator.registry().ignore(this);
        errands.abroad().ignore(abroadChanged);
        keep(List.of());
    }

    @Override
    public void added(Definition command) {
        registered.put(command, register(new OfConsole(command, operator), command.listed()));
    }

    @Override
    public void removed(Definition command) {
        ServiceRegistration<?> registration = registered.remove(command);
        if (registration != null) registration.unregister();
    }

    private void abroadChanged() {
        keep(errands.abroad().all());
    }

    private synchronized void keep(Collection<Found> wanted) {
        abroad.entrySet().removeIf(entry -> {
            boolean isOver = !wanted.contains(entry.getKey());
            if (isOver) entry.getValue().unregister();
            return isOver;
        });
        wanted.forEach(found -> abroad.computeIfAbsent(found, f -> register(new OfAnother(f, errands), f.command())));
    }

    private ServiceRegistration<?> register(Function function, Listed command) {
        int colon = command.name().indexOf(':');
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put(CommandProcessor.COMMAND_SCOPE, command.name().substring(0, colon));
        properties.put(
                CommandProcessor.COMMAND_FUNCTION, new String[] {command.name().substring(colon + 1)});
        properties.put(Constants.SERVICE_RANKING, BEHIND_OTHERS);
        properties.put(DESCRIPTION, command.title());
        properties.put(HELP, command.help());
        properties.put(FIELDS, command.completions());
        return context.registerService(Function.class, function, properties);
    }

    /** Gogo calls a service that is a function itself with the words as they are. */
    private record OfConsole(Definition command, Operator operator) implements Function {
        @Override
        public Object execute(CommandSession session, List<Object> arguments) throws Exception {
            List<String> words = arguments.stream().map(String::valueOf).toList();
            if (words.equals(List.of("--help"))) return Words.help(command);
            Answer answer = operator.run(command, words);
            if (answer.isCancelled()) { // Gogo has turned away already, and shows no result of it
                session.getConsole().println(told(answer));
                return null;
            }
            if (!answer.isDone()) throw new IllegalStateException(Shown.plain(answer.failure()));
            return told(answer);
        }

        private static String told(Answer answer) {
            String notes = Shown.notes(answer);
            String shown = Shown.of(answer.result());
            if (notes.isEmpty()) return shown.isEmpty() ? "done" : shown;
            return shown.isEmpty() ? notes : shown + "\n" + notes;
        }
    }
    /** A command this node has not. */
    private record OfAnother(Found command, Errands errands) implements Function {
        @Override
        public Object execute(CommandSession session, List<Object> arguments) throws Exception {
            List<String> words = arguments.stream().map(String::valueOf).toList();
            if (words.equals(List.of("--help"))) return command.command().help();
            Said said = errands.run(command, words, false);
            if (!said.isDone()) throw new IllegalStateException(said.err());
            String shown =
                    Stream.of(said.out(), said.err()).filter(t -> !t.isEmpty()).collect(Collectors.joining("\n"));
            return shown.isEmpty() ? "done" : shown;
        }
    }
}
