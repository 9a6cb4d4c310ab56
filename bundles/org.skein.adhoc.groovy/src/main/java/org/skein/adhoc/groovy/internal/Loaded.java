package org.skein.adhoc.groovy.internal;

import java.nio.charset.CharacterCodingException;
import java.util.Optional;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.skein.adhoc.groovy.internal.Mirror.Held;
import org.skein.api.command.DescribedAction;
import org.skein.api.storage.SharedFiles.Entry;

/** One version of a script on this node: what came of compiling it, and whether it is a command. One thread changes it. */
final class Loaded {
    private final Entry entry;
    private final String error;
    private final Optional<ScriptCommand> command;
    private final Optional<Program> program;
    private volatile ServiceRegistration<DescribedAction> registration;
    private volatile String clash = "";

    private Loaded(Entry entry, String error, Optional<ScriptCommand> command, Optional<Program> program) {
        this.entry = entry;
        this.error = error;
        this.command = command;
        this.program = program;
    }

    /** @param before the version it replaces: if this one has no header, it goes on under the name it had, with the error */
    static Loaded of(Held held, Optional<Loaded> before, BundleContext context) {
        String file = held.entry().name();
        Optional<Header> header = before.flatMap(Loaded::command).map(ScriptCommand::header);
        try {
            String text = Folder.text(held.content());
            header = Optional.of(Header.of(text));
            Program program = Program.of(file, text, header.get().about().deadlineSeconds());
            ScriptCommand command = ScriptCommand.of(file, header.get(), program, context);
            return new Loaded(held.entry(), "", Optional.of(command), Optional.of(program));
        } catch (ScriptException e) {
            return broken(held.entry(), header, e.of(file), context);
        } catch (CharacterCodingException e) {
            return broken(held.entry(), header, "script " + file + ": it is not in UTF-8", context);
        }
    }

    private static Loaded broken(Entry entry, Optional<Header> header, String error, BundleContext context) {
        return new Loaded(
                entry, error, header.map(h -> ScriptCommand.broken(entry.name(), h, error, context)), Optional.empty());
    }

    Entry entry() {
        return entry;
    }

    /** Empty if it could be compiled. */
    String error() {
        return error;
    }

    /** Empty if it never had a header that says which. */
    Optional<ScriptCommand> command() {
        return command;
    }

    String name() {
        return command.map(c -> c.description().name()).orElse("");
    }

    /** Makes it a command. */
    void register(BundleContext context) {
        clash = "";
        if (registration == null) registration = context.registerService(DescribedAction.class, command.get(), null);
    }

    /** It cannot be one because of another script. */
    void clash(String file) {
        clash = "its command " + name() + " is that of " + file;
        unregister();
    }

    void unregister() {
        if (registration != null) registration.unregister();
        registration = null;
    }

    void drop() {
        unregister();
        program.ifPresent(Program::close);
    }

    /** Why it does not do what it says; empty if it does. */
    String trouble() {
        if (!error.isEmpty()) return error;
        return clash.isEmpty() ? command.flatMap(ScriptCommand::refusal).orElse("") : clash;
    }
}
