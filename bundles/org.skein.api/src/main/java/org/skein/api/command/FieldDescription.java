package org.skein.api.command;

import java.util.List;
import java.util.Objects;

/**
 * A field of a command that is described by data; what {@link Field} says of one that is a component of a record.
 *
 * @param var name in forms and on the command line
 * @param label for people
 * @param isList whether it takes several values; only texts and addresses can
 * @param required whether it must be filled in; a flag never has to be
 * @param defaultValue as text; empty = none
 * @param options values to choose from, {@code value} or {@code value=label}; none = free
 * @param secret not shown, nor kept in a history or log
 * @param multiline a text of several lines
 * @param min of numbers
 * @param max of numbers
 * @param maxLength characters of a text, entries of a list
 * @param step the page of the form it is on, from 1
 */
public record FieldDescription(
        String var,
        String label,
        Type type,
        boolean isList,
        boolean required,
        String defaultValue,
        List<String> options,
        boolean secret,
        boolean multiline,
        long min,
        long max,
        int maxLength,
        int step) {
    /** What one value is: a {@code String}, {@code Boolean}, {@code Integer}, {@code Long} or {@code Jid}. */
    public enum Type {
        TEXT,
        FLAG,
        INT,
        LONG,
        JID
    }

    /** The most characters of a text and entries of a list, where nothing else is said. */
    public static final int MAX_LENGTH = 4096;

    /** @throws IllegalArgumentException with the reason, if it cannot be a field */
    public FieldDescription {
        Objects.requireNonNull(label, "label");
        Objects.requireNonNull(defaultValue, "defaultValue");
        options = List.copyOf(options);
        if (var.isEmpty() || var.equals("FORM_TYPE")) {
            throw new IllegalArgumentException("no field can be called '" + var + "'");
        }
        if (isList && type != Type.TEXT && type != Type.JID) {
            throw new IllegalArgumentException("field " + var + ": there are no lists of this type");
        }
        if (step < 1) throw new IllegalArgumentException("field " + var + ": no page " + step);
    }

    /** One value that must be filled in, without bounds. */
    public static FieldDescription of(String var, String label, Type type) {
        return new FieldDescription(
                var,
                label,
                type,
                false,
                true,
                "",
                List.of(),
                false,
                false,
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                MAX_LENGTH,
                1);
    }
}
