package org.skein.adhoc.internal;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.skein.api.command.CommandException;
import org.skein.api.command.CommandException.Kind;

/**
 * What is typed behind a command, as fields: {@code name=value}, {@code --name value} or {@code --name=value}, or values
 * alone in the order of the fields. {@code --name} alone is true where the field is true or false.
 */
final class Words {
    private Words() {}

    /** @throws CommandException if there are more values than fields */
    static Map<String, List<String>> fields(Definition command, List<String> words) {
        Map<String, List<String>> fields = new LinkedHashMap<>();
        List<String> alone = new ArrayList<>();
        for (Iterator<String> left = words.iterator(); left.hasNext(); ) {
            String word = left.next();
            if (word.startsWith("--") && word.length() > 2) {
                option(command, fields, word.substring(2), left);
                continue;
            }
            int at = word.indexOf('=');
            Optional<FieldSpec> named = at < 0 ? Optional.empty() : field(command, word.substring(0, at));
            if (named.isPresent()) add(fields, named.get(), word.substring(at + 1));
            else alone.add(word);
        }
        for (String value : alone) add(fields, next(command, fields, value), value);
        return fields;
    }

    private static void option(
            Definition command, Map<String, List<String>> fields, String option, Iterator<String> left) {
        int at = option.indexOf('=');
        String name = at < 0 ? option : option.substring(0, at);
        FieldSpec field = field(command, name)
                .orElseThrow(() -> new CommandException(
                        Kind.BAD_INPUT, "unknown option --" + Forms.clean(name) + "; " + usage(command)));
        if (at >= 0) add(fields, field, option.substring(at + 1));
        else if (field.type().isFalseByDefault()) add(fields, field, "true");
        else if (left.hasNext()) add(fields, field, left.next());
        else throw new CommandException(Kind.BAD_INPUT, "--" + name + " needs a value; " + usage(command));
    }

    private static Optional<FieldSpec> field(Definition command, String var) {
        return command.fields().stream().filter(f -> f.var().equals(var)).findFirst();
    }

    private static void add(Map<String, List<String>> fields, FieldSpec field, String value) {
        fields.computeIfAbsent(field.var(), v -> new ArrayList<>()).add(value);
    }

    /** The first field without a value; a list at the end takes all that is left. */
    private static FieldSpec next(Definition command, Map<String, List<String>> fields, String value) {
        return command.fields().stream()
                .filter(f -> !fields.containsKey(f.var()))
                .findFirst()
                .or(() -> last(command).filter(FieldSpec::isList))
                .orElseThrow(() -> new CommandException(
                        Kind.BAD_INPUT, "'" + Forms.clean(value) + "' is one too many; " + usage(command)));
    }

    private static Optional<FieldSpec> last(Definition command) {
        return command.fields().stream()
                .skip(Math.max(0, command.fields().size() - 1))
                .findFirst();
    }

    /** One line. */
    static String usage(Definition command) {
        StringBuilder line = new StringBuilder(command.name());
        for (FieldSpec field : command.fields()) {
            String shown = field.type().isFalseByDefault()
                    ? "--" + field.var()
                    : field.var() + "=" + (field.isList() ? "…" : "");
            line.append(field.isRequired() ? " " + shown : " [" + shown + "]");
        }
        return line.toString();
    }

    /** What may be typed, each with a tabulator and what it is behind it. */
    static List<String> completions(Definition command) {
        List<String> words = new ArrayList<>();
        for (FieldSpec field : command.fields()) {
            String about = '\t' + field.about().label();
            if (field.type().isFalseByDefault()) words.add("--" + field.var() + about);
            else if (field.values().isEmpty()) words.add(field.var() + '=' + about);
            else field.values().forEach(v -> words.add(field.var() + '=' + v.value() + '\t' + v.label()));
        }
        return words;
    }

    /** Several lines: usage, what it does, its fields. */
    static String help(Definition command) {
        StringBuilder text = new StringBuilder(usage(command));
        text.append("\n    ").append(command.about().title());
        if (!command.about().description().isEmpty()) {
            text.append("\n    ").append(command.about().description());
        }
        int width =
                command.fields().stream().mapToInt(f -> f.var().length()).max().orElse(0);
        for (FieldSpec field : command.fields()) {
            text.append(String.format("%n    %-" + width + "s  %s", field.var(), about(field)));
        }
        return text.toString();
    }

    private static String about(FieldSpec field) {
        StringBuilder text = new StringBuilder(field.about().label());
        if (!field.values().isEmpty()) {
            text.append(": ")
                    .append(String.join(
                            " | ",
                            field.values().stream().map(FieldSpec.Option::value).toList()));
        }
        if (field.isList()) text.append(" (may be given several times)");
        if (!field.about().defaultValue().isEmpty()) {
            text.append(" (default: ").append(field.about().defaultValue()).append(')');
        } else if (!field.isRequired()) {
            text.append(" (optional)");
        }
        return text.toString();
    }
}
