package org.skein.console.internal;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import org.apache.felix.gogo.jline.Builtin;
import org.apache.felix.gogo.jline.Posix;
import org.apache.felix.gogo.jline.Procedural;
import org.apache.felix.gogo.jline.Shell;
import org.apache.felix.gogo.runtime.CommandNotFoundException;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;
import org.apache.felix.service.command.Function;
import org.jline.reader.LineReader;
import org.jline.terminal.Terminal;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs command lines, one or a whole session of them. Brings the commands of Gogo's JLine shell. */
@Component(service = GogoShell.class)
public final class GogoShell {
    private static final Logger log = LoggerFactory.getLogger(GogoShell.class);

    /** Where a command without a scope is looked for, in this order. */
    private static final String SCOPE = "skein:gogo:felix:*";

    /** Lines not remembered. */
    private static final String WITH_PASSWORDS = "*passwd*:*add *@*:*password*";

    private static final String[] BUILTIN = {
        "format",
        "getopt",
        "new",
        "set",
        "tac",
        "type",
        "jobs",
        "fg",
        "bg",
        "keymap",
        "setopt",
        "unsetopt",
        "complete",
        "history",
        "widget",
        "__files",
        "__directories",
        "__usage_completion"
    };
    private static final String[] PROCEDURAL = {
        "each", "if", "not", "throw", "try", "until", "while", "break", "continue"
    };
    private static final String[] POSIX = {
        "cat", "echo", "grep", "sort", "sleep", "cd", "pwd", "ls", "less", "watch", "nano", "head", "tail", "clear",
        "wc", "date"
    };

    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();
    private final BundleContext context;
    private final CommandProcessor processor;
    private final Shell shell;
    private final InstanceFolder folder;

    @Activate
    public GogoShell(BundleContext context, @Reference CommandProcessor processor) {
        this.context = context;
        this.processor = processor;
        this.folder = InstanceFolder.of(context);
        this.shell = new Shell(new Context(context), processor, "skein_profile");
        register(context, new Builtin(), BUILTIN);
        register(context, new Procedural(), PROCEDURAL);
        register(context, new Posix(processor), POSIX);
        register(context, shell, "gosh", "sh", "source");
        registrations.add(context.registerService(
                Converter.class,
                new org.apache.felix.gogo.jline.Converters(context.getBundle(0).getBundleContext()),
                null));
    }

    @Deactivate
    void deactivate() {
        registrations.forEach(ServiceRegistration::unregister);
    }

    private void register(BundleContext context, Object commands, String... functions) {
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put(CommandProcessor.COMMAND_SCOPE, "gogo");
        properties.put(CommandProcessor.COMMAND_FUNCTION, functions);
        registrations.add(context.registerService(Object.class, commands, properties));
    }

    /**
     * Runs one command line and prints its result.
     *
     * @return the exit status: 0, or 1 when it failed, is unknown, or wrote to {@code err}
     */
    int execute(String line, OutputStream out, OutputStream err) {
        Counting errors = new Counting(err);
        try (PrintStream printed = new PrintStream(out, true, StandardCharsets.UTF_8);
                PrintStream complaints = new PrintStream(errors, true, StandardCharsets.UTF_8);
                CommandSession session =
                        processor.createSession(new ByteArrayInputStream(new byte[0]), printed, complaints)) {
            session.put("SCOPE", SCOPE);
            try {
                Object result = session.execute(line);
                if (result != null) {
                    printed.println(session.format(result, Converter.INSPECT));
                }
            } catch (CommandNotFoundException e) {
                complaints.println("unknown command: " + e.getCommand());
            } catch (Exception e) {
                // Whatever a command of whatever bundle throws is its answer.
                complaints.println(message(e));
                log.debug("what=command_failed", e);
            }
        }
        return errors.any ? 1 : 0;
    }

    /**
     * Runs an administration command with its words as they are: another bundle's function, whose answer is the exit
     * status.
     */
    int ctl(List<String> words, PrintStream out, PrintStream err) throws Exception {
        Collection<ServiceReference<Function>> found = context.getServiceReferences(
                Function.class, "(&(osgi.command.scope=skein)(osgi.command.function=_ctl))");
        if (found.isEmpty()) throw new IllegalStateException("org.skein.adhoc, which has the commands, is not running");
        ServiceReference<Function> reference = found.iterator().next();
        Function function = context.getService(reference);
        if (function == null) throw new IllegalStateException("the commands are gone");
        try (CommandSession session = processor.createSession(new ByteArrayInputStream(new byte[0]), out, err)) {
            session.put(".err", err);
            return (Integer) function.execute(session, new ArrayList<>(words));
        } finally {
            context.ungetService(reference);
        }
    }

    private static String message(Throwable e) {
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    /** Reads and runs command lines until the end of the input. */
    void interact(Terminal terminal) throws Exception {
        try (CommandSession session = processor.createSession(terminal.input(), terminal.output(), terminal.output())) {
            session.put(Shell.VAR_TERMINAL, terminal);
            session.put(".gosh_quiet", true);
            session.put(LineReader.HISTORY_FILE, history());
            session.put(LineReader.HISTORY_IGNORE, WITH_PASSWORDS);
            session.put("SCOPE", SCOPE);
            shell.gosh(session, new String[] {"--login", "--noshutdown", "--nohistory"});
        }
    }

    private Path history() throws IOException {
        Path file = folder.base().resolve("data").resolve("console.history");
        if (Files.notExists(file)) {
            Files.createDirectories(file.getParent());
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        return file;
    }

    /** Notices whether anything was written. */
    private static final class Counting extends OutputStream {
        private final OutputStream target;
        private volatile boolean any;

        private Counting(OutputStream target) {
            this.target = target;
        }

        @Override
        public void write(int b) throws IOException {
            any = true;
            target.write(b);
        }

        @Override
        public void write(byte[] data, int offset, int length) throws IOException {
            any |= length > 0;
            target.write(data, offset, length);
        }

        @Override
        public void flush() throws IOException {
            target.flush();
        }
    }

    private record Context(BundleContext bundles) implements Shell.Context {
        @Override
        public String getProperty(String name) {
            return bundles.getProperty(name.equals("gosh.home") ? "skein.base" : name);
        }

        @Override
        public void exit() throws BundleException {
            bundles.getBundle(0).stop();
        }
    }
}
