package org.skein.adhoc.groovy.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.skein.api.command.Command.Access;
import org.skein.api.command.Command.Merge;
import org.skein.api.command.Command.Scope;
import org.skein.api.command.CommandDescription;
import org.skein.api.command.FieldDescription;
import org.skein.api.command.FieldDescription.Type;

/**
 * What the comment lines at the top of a script say of the command it is: {@code // name: group:word} and so on, up to the
 * first line that is neither a {@code //} comment nor blank. A comment that does not begin with a word and a colon is one.
 *
 * @param user the field with the user a command of scope {@code node-of-user} is about
 */
record Header(CommandDescription about, Optional<String> user) {
    private static final Pattern SAID = Pattern.compile("//\\s*([a-z][a-z-]*):(.*)");
    private static final String FIELD = "field";
    private static final List<String> KNOWN =
            List.of("name", "title", "description", FIELD, "scope", "merge", "access", "deadline", "idempotent");
    private static final int DEFAULT_SECONDS = 10;

    /** A line of the header: what is behind the colon. */
    private record Said(int line, String value) {}

    /** @throws ScriptException naming the line that is wrong */
    static Header of(String script) throws ScriptException {
        return new Reading(script).header();
    }

    private static final class Reading {
        private final Map<String, Said> said = new LinkedHashMap<>();
        private final List<FieldDescription> fields = new ArrayList<>();

        private Reading(String script) throws ScriptException {
            int number = 0;
            for (String line : (Iterable<String>) script.lines()::iterator) {
                number++;
                String text = line.strip();
                if (number == 1 && text.startsWith("#!") || text.isEmpty()) continue;
                if (!text.startsWith("//")) break;
                Matcher matcher = SAID.matcher(text);
                if (matcher.matches())
                    take(number, matcher.group(1), matcher.group(2).strip());
            }
        }

        private void take(int line, String word, String value) throws ScriptException {
            if (!KNOWN.contains(word)) {
                throw new ScriptException(
                        line, "the header has no '" + word + ":'; it may have " + String.join(", ", KNOWN));
            }
            if (value.isEmpty()) throw new ScriptException(line, word + ": is empty");
            if (word.equals(FIELD)) {
                FieldDescription field = FieldLine.of(line, value);
                if (fields.stream().anyMatch(f -> f.var().equals(field.var()))) {
                    throw new ScriptException(line, "field " + field.var() + " is there twice");
                }
                fields.add(field);
                return;
            }
            Said before = said.putIfAbsent(word, new Said(line, value));
            if (before != null) throw new ScriptException(line, word + ": is in line " + before.line() + " already");
        }

        private Header header() throws ScriptException {
            Said name = needed("name");
            String title = needed("title").value();
            Access access = constant("access", Access.class, Access.ADMIN);
            if (access != Access.ADMIN) {
                throw new ScriptException(
                        said.get("access").line(), "only administrators may run scripts: access: admin");
            }
            Optional<String> user = user();
            try {
                CommandDescription about = new CommandDescription(
                        name.value(),
                        "",
                        title,
                        value("description", v -> v, ""),
                        user.isPresent() ? Scope.NODE_OF_USER : constant("scope", Scope.class, Scope.LOCAL),
                        access,
                        constant("merge", Merge.class, Merge.ROWS),
                        value("deadline", Header::seconds, DEFAULT_SECONDS),
                        value("idempotent", Header::truth, false),
                        fields);
                return new Header(about, user);
            } catch (IllegalArgumentException e) {
                // Words it may have are checked above: what is left is the name, the deadline, or a page without
                // fields.
                String reason = e.getMessage();
                Said blamed = reason.startsWith("deadline") ? said.get("deadline") : name;
                throw new ScriptException(
                        reason.startsWith("no field") ? 0 : blamed.line(),
                        reason.startsWith("no name")
                                ? "name: '" + name.value() + "' is not of the form group:word (a-z, 0-9, hyphens)"
                                : reason);
            }
        }

        private Said needed(String word) throws ScriptException {
            Said line = said.get(word);
            if (line == null) throw new ScriptException(1, "the header has no '" + word + ":' line");
            return line;
        }

        /** {@code node-of-user FIELD}; the field may be left out if only one is an address. */
        private Optional<String> user() throws ScriptException {
            Said scope = said.get("scope");
            if (scope == null || !scope.value().startsWith("node-of-user")) return Optional.empty();
            String named = scope.value().substring("node-of-user".length()).strip();
            List<String> addresses = fields.stream()
                    .filter(f -> f.type() == Type.JID && !f.isList())
                    .map(FieldDescription::var)
                    .filter(v -> named.isEmpty() || v.equals(named))
                    .toList();
            if (addresses.size() == 1) return Optional.of(addresses.get(0));
            throw new ScriptException(
                    scope.line(),
                    named.isEmpty()
                            ? "scope: node-of-user needs the name of the field with the user's address behind it"
                            : "scope: there is no field '" + named + "' of type jid");
        }

        private <T> T value(String word, Function<String, T> reader, T otherwise) throws ScriptException {
            Said line = said.get(word);
            if (line == null) return otherwise;
            try {
                return reader.apply(line.value());
            } catch (IllegalArgumentException e) {
                throw new ScriptException(line.line(), word + ": " + e.getMessage());
            }
        }

        private <E extends Enum<E>> E constant(String word, Class<E> type, E otherwise) throws ScriptException {
            return value(word, v -> Header.constant(type, v), otherwise);
        }
    }

    private static <E extends Enum<E>> E constant(Class<E> type, String text) {
        return Stream.of(type.getEnumConstants())
                .filter(c -> word(c).equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + text + "' is none of "
                        + Stream.of(type.getEnumConstants()).map(Header::word).collect(Collectors.joining(", "))));
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static int seconds(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is no number of seconds", e);
        }
    }

    private static boolean truth(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("'" + text + "' is neither true nor false");
        };
    }
}
