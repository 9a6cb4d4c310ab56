package org.skein.adhoc.internal;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.skein.api.command.Action;
import org.skein.api.command.Command;
import org.skein.api.command.CommandDescription;
import org.skein.api.command.CommandException;
import org.skein.api.command.CommandException.Kind;
import org.skein.api.command.DescribedAction;
import org.skein.api.command.Result;
import org.skein.xmpp.Jid;

/** A command: what is said of it, read once, and the action. The same only if it is the same service. */
final class Definition {
    private final Object service;
    private final Action<Record> action;
    private final CommandDescription about;
    private final List<FieldSpec> fields;
    private final Function<List<Object>, Record> input;
    private final boolean hasCheck;
    private volatile Listed listed; // made when it is first asked for

    private Definition(
            Object service,
            Action<Record> action,
            CommandDescription about,
            List<FieldSpec> fields,
            Function<List<Object>, Record> input) {
        this.service = service;
        this.action = action;
        this.about = about;
        this.fields = fields;
        this.input = input;
        this.hasCheck = hasCheck(action);
    }

    /** @throws IllegalArgumentException with the reason, if it cannot be a command */
    static Definition of(Action<?> service) {
        @SuppressWarnings("unchecked") // only given records that its own input() makes
        Action<Record> action = (Action<Record>) service;
        Command about = action.getClass().getAnnotation(Command.class);
        if (about == null) throw new IllegalArgumentException("the class has no @Command");
        Class<? extends Record> input = action.input();
        if (input == null || !input.isRecord()) throw new IllegalArgumentException("input() is no record");
        RecordComponent[] components = input.getRecordComponents();
        List<FieldSpec> fields = Arrays.stream(components).map(FieldSpec::of).toList();
        CommandDescription described = new CommandDescription(
                about.name(),
                about.node(),
                about.title(),
                about.description(),
                about.scope(),
                about.access(),
                about.merge(),
                about.deadlineSeconds(),
                about.idempotent(),
                fields.stream().map(FieldSpec::about).toList());
        Constructor<? extends Record> constructor = constructor(input, components);
        return new Definition(service, action, described, fields, values -> made(constructor, values));
    }

    /** @throws IllegalArgumentException with the reason, if it cannot be a command */
    static Definition of(DescribedAction service) {
        CommandDescription about = service.description();
        List<FieldSpec> fields = about.fields().stream().map(FieldSpec::of).toList();
        return new Definition(
                service, new Described(service), about, fields, values -> Described.filled(fields, values));
    }

    private static Constructor<? extends Record> constructor(
            Class<? extends Record> input, RecordComponent[] components) {
        try {
            Constructor<? extends Record> constructor = input.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
            constructor.setAccessible(true);
            return constructor;
        } catch (ReflectiveOperationException | RuntimeException e) {
            throw new IllegalArgumentException("input cannot be made: " + e, e);
        }
    }

    private static Record made(Constructor<? extends Record> constructor, List<Object> values) {
        try {
            return constructor.newInstance(values.toArray());
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof CommandException refused) throw refused;
            throw new CommandException(
                    Kind.BAD_INPUT, String.valueOf(e.getCause().getMessage()));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    String name() {
        return about.name();
    }

    /** Of XEP-0050. */
    String node() {
        return about.node();
    }

    CommandDescription about() {
        return about;
    }

    Listed listed() {
        Listed made = listed;
        if (made == null) listed = made = Listed.of(this);
        return made;
    }

    /** An {@link Action} or a {@link DescribedAction}. */
    Object service() {
        return service;
    }

    Result merged(Record input, Result result) {
        return Objects.requireNonNull(action.merged(input, result), "merged answered null");
    }

    List<FieldSpec> fields() {
        return fields;
    }

    List<FieldSpec> fields(int page) {
        return fields.stream().filter(f -> f.about().step() == page).toList();
    }

    /** Pages of its form; 0 without fields. */
    int pages() {
        return fields.stream().mapToInt(f -> f.about().step()).max().orElse(0);
    }

    Duration deadline() {
        return Duration.ofSeconds(about.deadlineSeconds());
    }

    /**
     * Checks what was filled in on one page.
     *
     * @throws CommandException naming the field
     */
    void checkPage(int page, Map<String, List<String>> texts) {
        List<FieldSpec> shown = fields(page);
        known(shown, texts);
        shown.forEach(f -> f.parse(texts.getOrDefault(f.var(), List.of())));
    }

    private static void known(List<FieldSpec> fields, Map<String, List<String>> texts) {
        for (String var : texts.keySet()) {
            if (fields.stream().noneMatch(f -> f.var().equals(var))) {
                throw new CommandException(Kind.BAD_INPUT, "field " + cut(var) + ": there is none of this name");
            }
        }
    }

    private static String cut(String var) {
        return var.length() > 64 ? var.substring(0, 64) + "…" : var;
    }

    /**
     * The record of what was filled in.
     *
     * @throws CommandException naming the field that is wrong
     */
    Record input(Map<String, List<String>> texts) {
        known(fields, texts);
        List<Object> values = new ArrayList<>();
        fields.forEach(f -> values.add(f.parse(texts.getOrDefault(f.var(), List.of()))));
        return input.apply(values);
    }

    boolean isEverywhere() {
        return action instanceof Everywhere;
    }

    /** Of one that {@link #isEverywhere()}. */
    CompletionStage<Answer> everywhere(Record input, Action.Call call) {
        return ((Everywhere<Record>) action).everywhere(input, call);
    }

    CompletionStage<Result> run(Record input, Action.Call call) {
        return action.run(input, call);
    }

    Optional<Jid> user(Record input) {
        return action.user(input);
    }

    /** Whether there is anything to {@link #check}. */
    boolean hasCheck() {
        return hasCheck;
    }

    void check(Record input) {
        action.check(input);
    }

    private static boolean hasCheck(Action<?> action) {
        try {
            Method check = action.getClass().getMethod("check", Record.class);
            return check.getDeclaringClass() != Action.class;
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }

    CompletionStage<Map<String, List<String>>> prefill(int page, Map<String, List<String>> soFar) {
        return action.prefill(page, soFar);
    }

    @Override
    public String toString() {
        return about.name();
    }
}
