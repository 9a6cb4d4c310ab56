package org.skein.console.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.apache.felix.gogo.jline.Shell;
import org.apache.felix.service.command.CommandSession;
import org.jline.builtins.Completers.CompletionData;
import org.jline.reader.Candidate;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * What commands of any bundle say they take, for completion: in the service property {@link #FIELDS} an array of texts, the
 * word as it is typed ({@code name=}, {@code name=value} or {@code --name}), a tabulator, and what it is.
 */
@Component(
        service = CommandFields.class,
        property = {
            "osgi.command.scope=skein",
            "osgi.command.function=__fields",
            "osgi.command.function=__commands",
            "osgi.command.function=__live"
        })
public final class CommandFields {
    static final String FIELDS = "skein.command.fields";

    private final BundleContext context;

    @Activate
    public CommandFields(BundleContext context) {
        this.context = context.getBundle(0).getBundleContext();
    }

    /** A word a command takes. */
    private record Word(String typed, String about) {
        private static Word of(String line) {
            int tab = line.indexOf('\t');
            return tab < 0 ? new Word(line, "") : new Word(line.substring(0, tab), line.substring(tab + 1));
        }

        private boolean isOption() {
            return typed.startsWith("--");
        }

        private Candidate candidate() {
            return new Candidate(typed, typed, null, about.isEmpty() ? null : about, null, null, !typed.endsWith("="));
        }
    }

    /** For the completer of interactive sessions; null for a command that says nothing. */
    List<CompletionData> completions(String command) {
        List<Word> words = words(command);
        if (words.isEmpty()) return null;
        List<CompletionData> data = new ArrayList<>();
        data.add(new CompletionData(null, null, "skein:__fields " + command, null));
        words.stream()
                .filter(Word::isOption)
                .forEach(w -> data.add(new CompletionData(List.of(w.typed()), w.about(), null, null)));
        return data;
    }

    /** For the end of the profile, as Gogo makes a session's completions itself before it reads that. */
    public void __live(CommandSession session) {
        session.put(Shell.VAR_COMPLETIONS, new LiveCompletions(Shell.getCompletions(session), this));
    }

    /** For completion. */
    public List<Candidate> __fields(String command) {
        return words(command).stream()
                .filter(w -> !w.isOption())
                .map(Word::candidate)
                .toList();
    }

    /** For completion of {@code help}. */
    public List<String> __commands() throws InvalidSyntaxException {
        ServiceReference<?>[] all = context.getAllServiceReferences(null, "(osgi.command.function=*)");
        return Arrays.stream(all == null ? new ServiceReference<?>[0] : all)
                .flatMap(r -> functions(r).stream()
                        .filter(f -> !f.startsWith("_"))
                        .map(f -> {
                            String scope = String.valueOf(r.getProperty("osgi.command.scope"));
                            return scope.equals("skein") ? f : scope + ":" + f;
                        }))
                .distinct()
                .sorted()
                .toList();
    }

    private static List<String> functions(ServiceReference<?> reference) {
        return reference.getProperty("osgi.command.function") instanceof Object[] array
                ? Arrays.stream(array).map(String::valueOf).toList()
                : List.of(String.valueOf(reference.getProperty("osgi.command.function")));
    }

    private List<Word> words(String command) {
        int colon = command.indexOf(':');
        if (colon < 0 || !command.matches("[A-Za-z0-9_.:-]+")) return List.of(); // it becomes a filter
        String filter = "(&(" + FIELDS + "=*)(osgi.command.scope=" + command.substring(0, colon)
                + ")(osgi.command.function=" + command.substring(colon + 1) + "))";
        try {
            ServiceReference<?>[] found = context.getAllServiceReferences(null, filter);
            return found == null || !(found[0].getProperty(FIELDS) instanceof Collection<?> lines)
                    ? List.of()
                    : lines.stream().map(l -> Word.of(String.valueOf(l))).toList();
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
