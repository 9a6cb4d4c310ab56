package org.skein.api.command;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a command is, as data; what {@link Command} says of one that is a class.
 *
 * @param name group and word, such as {@code session:kick}: lower-case letters, digits, hyphens, one colon
 * @param node of XEP-0050; empty: {@code urn:skein:command:} and the name
 * @param title one line for people
 * @param description what it does; empty = the title says it
 * @param deadlineSeconds how long nodes may take, 1 to 3600
 * @param idempotent whether a node that was lost in the middle may be asked again
 * @param fields in the order in which they are shown and may be typed
 */
public record CommandDescription(
        String name,
        String node,
        String title,
        String description,
        Command.Scope scope,
        Command.Access access,
        Command.Merge merge,
        int deadlineSeconds,
        boolean idempotent,
        List<FieldDescription> fields) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]*:[a-z0-9][a-z0-9-]*");
    private static final int LONGEST_SECONDS = 3600;

    /** @throws IllegalArgumentException with the reason, if it cannot be a command */
    public CommandDescription {
        if (!NAME.matcher(name).matches()) throw new IllegalArgumentException("no name: " + name);
        if (node.isEmpty()) node = "urn:skein:command:" + name;
        Objects.requireNonNull(title, "title");
        Objects.requireNonNull(description, "description");
        Objects.requireNonNull(scope, "scope");
        Objects.requireNonNull(access, "access");
        Objects.requireNonNull(merge, "merge");
        if (deadlineSeconds < 1 || deadlineSeconds > LONGEST_SECONDS) {
            throw new IllegalArgumentException("deadline of " + deadlineSeconds + " s");
        }
        fields = List.copyOf(fields);
        check(fields);
    }

    private static void check(List<FieldDescription> fields) {
        Set<String> vars = new HashSet<>();
        Set<Integer> pages = new HashSet<>();
        for (FieldDescription field : fields) {
            if (!vars.add(field.var())) throw new IllegalArgumentException("two fields " + field.var());
            pages.add(field.step());
        }
        for (int page = 1; page <= pages.size(); page++) {
            if (!pages.contains(page)) throw new IllegalArgumentException("no field is on page " + page);
        }
    }
}
