package org.skein.console.internal;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** {@code help}: what there is, and what one command takes. Reads the descriptions commands of any bundle carry. */
@Component(
        service = HelpCommand.class,
        property = {"osgi.command.scope=skein", "osgi.command.function=help"})
public final class HelpCommand {
    /** What an operator of a server seldom wants; still found by name. */
    private static final List<String> TOOLS = List.of("gogo", "felix", "cm", "scr", "feature");

    /** Service properties of commands that are no methods: one line, and all there is to say. */
    private static final String DESCRIPTION = "skein.command.description";

    private static final String HELP = "skein.command.help";

    private final BundleContext context;

    /** What is known of a command. */
    private record About(List<Method> methods, List<String> lines, List<String> help) {
        private About() {
            this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        }

        private void add(Object service, ServiceReference<?> reference, String function) {
            if (reference.getProperty(HELP) != null) {
                lines.add(String.valueOf(reference.getProperty(DESCRIPTION)));
                help.add(String.valueOf(reference.getProperty(HELP)));
                return;
            }
            Arrays.stream(service.getClass().getMethods())
                    .filter(m -> m.getName().equals(function) || m.getName().equals("_" + function))
                    .sorted(Comparator.comparing(Method::getParameterCount))
                    .forEach(methods::add);
        }
    }

    @Activate
    public HelpCommand(BundleContext context) {
        this.context = context.getBundle(0).getBundleContext();
    }

    @Descriptor("lists the commands")
    public String help() throws InvalidSyntaxException {
        Map<String, About> all = commands();
        StringBuilder text = new StringBuilder();
        all.forEach((name, about) -> {
            if (!TOOLS.contains(scope(name)) || scope(name).equals("feature")) {
                text.append(String.format("%-20s %s%n", shown(name), description(about)));
            }
        });
        for (String tools : TOOLS.subList(0, TOOLS.size() - 1)) {
            String names = all.keySet().stream()
                    .filter(n -> scope(n).equals(tools) && !all.containsKey("skein:" + simple(n)))
                    .map(HelpCommand::simple)
                    .distinct()
                    .collect(Collectors.joining(" "));
            if (!names.isEmpty()) {
                text.append(String.format("%-20s %s%n", tools + ":", names));
            }
        }
        return text + "'help COMMAND' tells more.";
    }

    @Descriptor("tells what a command does and takes")
    public String help(CommandSession session, @Descriptor("the command") String name) throws InvalidSyntaxException {
        Map<String, About> all = commands();
        Optional<String> found = all.keySet().stream()
                .filter(n -> n.equals(name) || simple(n).equals(name))
                .min(Comparator.comparing((String n) -> !scope(n).equals("skein")));
        if (found.isEmpty()) {
            throw new IllegalArgumentException("unknown command: " + name);
        }
        About about = all.get(found.get());
        List<Method> methods = about.methods();
        boolean isTold = methods.stream().anyMatch(m -> m.getAnnotation(Descriptor.class) != null);
        if (!isTold && !about.help().isEmpty()) return about.help().get(0);
        if (methods.isEmpty() || methods.stream().allMatch(m -> m.getAnnotation(Descriptor.class) == null)) {
            return found.get() + ": try '" + simple(found.get()) + " --help'";
        }
        return methods.stream().map(m -> usage(found.get(), m)).collect(Collectors.joining("\n"));
    }

    private static String usage(String name, Method method) {
        StringBuilder line = new StringBuilder(shown(name));
        StringBuilder more = new StringBuilder();
        for (int i = 0; i < method.getParameterCount(); i++) {
            if (method.getParameterTypes()[i] == CommandSession.class) {
                continue;
            }
            String about = Arrays.stream(method.getParameterAnnotations()[i])
                    .filter(a -> a.annotationType() == Descriptor.class)
                    .map((Annotation a) -> ((Descriptor) a).value())
                    .findFirst()
                    .orElse(method.getParameterTypes()[i].getSimpleName());
            Optional<String> option = Arrays.stream(method.getParameterAnnotations()[i])
                    .filter(a -> a.annotationType() == org.apache.felix.service.command.Parameter.class)
                    .map(a -> String.join(", ", ((org.apache.felix.service.command.Parameter) a).names()))
                    .findFirst();
            if (option.isPresent()) {
                more.append(String.format("%n    %-16s %s", option.get(), about));
            } else {
                line.append(" <").append(about).append(method.getParameterTypes()[i].isArray() ? ">…" : ">");
            }
        }
        Descriptor descriptor = method.getAnnotation(Descriptor.class);
        return line + (descriptor == null ? "" : "\n    " + descriptor.value()) + more;
    }

    private Map<String, About> commands() throws InvalidSyntaxException {
        Map<String, About> all = new TreeMap<>(
                Comparator.comparing((String n) -> !scope(n).equals("skein")).thenComparing(Comparator.naturalOrder()));
        ServiceReference<?>[] references = context.getAllServiceReferences(null, "(osgi.command.function=*)");
        if (references == null) {
            return all;
        }
        for (ServiceReference<?> reference : references) {
            Object service = context.getService(reference);
            if (service == null) {
                continue;
            }
            for (String function : strings(reference.getProperty("osgi.command.function"))) {
                if (!function.startsWith("_")) {
                    all.computeIfAbsent(reference.getProperty("osgi.command.scope") + ":" + function, n -> new About())
                            .add(service, reference, function);
                }
            }
            context.ungetService(reference);
        }
        return all;
    }

    private static List<String> strings(Object property) {
        return property instanceof Object[] array
                ? Stream.of(array).map(String::valueOf).toList()
                : List.of(String.valueOf(property));
    }

    private static String description(About about) {
        // A method of the console is what is meant there by a name others have too.
        return about.methods().stream()
                .map(m -> m.getAnnotation(Descriptor.class))
                .filter(d -> d != null)
                .map(Descriptor::value)
                .findFirst()
                .or(() -> about.lines().stream().findFirst())
                .orElse("");
    }

    private static String scope(String name) {
        return name.substring(0, name.indexOf(':'));
    }

    private static String simple(String name) {
        return name.substring(name.indexOf(':') + 1);
    }

    private static String shown(String name) {
        return scope(name).equals("skein") ? simple(name) : name;
    }
}
