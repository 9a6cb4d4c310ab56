package org.skein.adhoc.internal;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Optional;
import org.skein.api.command.CommandException;
import org.skein.api.command.CommandException.Kind;
import org.skein.api.command.Field;
import org.skein.api.command.FieldDescription;
import org.skein.xmpp.Jid;

/**
 * A field of a command, read once from a component of its record or from its description.
 *
 * @param isOptional whether its value is an {@code Optional}
 * @param values what may be chosen; empty = free
 */
record FieldSpec(FieldDescription about, FieldType type, boolean isOptional, List<Option> values) {
    /** Characters of one entry of a list. */
    private static final int ENTRY = 4096;

    /** One of the values to choose from. */
    record Option(String value, String label) {
        private static Option of(String text) {
            int at = text.indexOf('=');
            return at < 0 ? new Option(text, text) : new Option(text.substring(0, at), text.substring(at + 1));
        }
    }

    /** @throws IllegalArgumentException with the reason, if it cannot be a field */
    static FieldSpec of(RecordComponent component) {
        Field about = component.getAnnotation(Field.class);
        if (about == null) throw new IllegalArgumentException("component " + component.getName() + " has no @Field");
        boolean isList = component.getType() == List.class;
        boolean isOptional = component.getType() == Optional.class;
        Type plain = isList || isOptional ? argument(component.getGenericType()) : component.getType();
        FieldType type = FieldType.of(plain)
                .filter(t -> !isList || t.isListed())
                .orElseThrow(() -> new IllegalArgumentException(
                        "component " + component.getName() + " is of a type no field can have: " + plain));
        FieldDescription described = new FieldDescription(
                about.var().isEmpty() ? component.getName() : about.var(),
                about.label(),
                type.described(),
                isList,
                about.required(),
                about.defaultValue(),
                about.options().length > 0 ? List.of(about.options()) : type.constants(),
                about.secret(),
                about.multiline(),
                about.min(),
                about.max(),
                about.maxLength(),
                about.step());
        return of(described, type, isOptional);
    }

    /** @throws IllegalArgumentException with the reason, if it cannot be a field */
    static FieldSpec of(FieldDescription described) {
        FieldType type = FieldType.of(described.type());
        return of(described, type, !described.required() && !described.isList() && !type.isFalseByDefault());
    }

    private static FieldSpec of(FieldDescription about, FieldType type, boolean isOptional) {
        return new FieldSpec(
                        about,
                        type,
                        isOptional,
                        about.options().stream().map(Option::of).toList())
                .checked();
    }

    String var() {
        return about.var();
    }

    boolean isList() {
        return about.isList();
    }

    private static Type argument(Type generic) {
        return generic instanceof ParameterizedType p ? p.getActualTypeArguments()[0] : Object.class;
    }

    private FieldSpec checked() {
        try {
            for (Option option : values) one(option.value());
            if (!about.defaultValue().isEmpty()) one(about.defaultValue());
        } catch (CommandException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        return this;
    }

    boolean isRequired() {
        return about.required() && !isOptional && !type.isFalseByDefault();
    }

    /**
     * The component's value.
     *
     * @param texts what was filled in; empty if nothing was
     * @throws CommandException {@link Kind#BAD_INPUT} naming the field
     */
    Object parse(List<String> texts) {
        if (isList()) return list(texts.stream().filter(t -> !t.isEmpty()).toList());
        String text = about.multiline() ? String.join("\n", texts) : single(texts);
        if (text.isEmpty()) text = about.defaultValue();
        if (text.isEmpty()) {
            if (isRequired()) throw bad("is required");
            return isOptional ? Optional.empty() : type.nothing();
        }
        Object value = one(text);
        return isOptional ? Optional.of(value) : value;
    }

    private String single(List<String> texts) {
        if (texts.size() > 1) throw bad("takes one value, not " + texts.size());
        return texts.isEmpty() ? "" : texts.get(0);
    }

    private List<Object> list(List<String> texts) {
        List<String> entries =
                texts.isEmpty() && !about.defaultValue().isEmpty() ? List.of(about.defaultValue()) : texts;
        if (entries.isEmpty() && isRequired()) throw bad("is required");
        if (entries.size() > about.maxLength()) throw bad("more than " + about.maxLength() + " entries");
        return entries.stream().map(this::one).toList();
    }

    private Object one(String text) {
        int longest = isList() ? ENTRY : about.maxLength();
        if (text.length() > longest) throw bad("longer than " + longest + " characters");
        if (text.chars().anyMatch(c -> c < ' ' && c != '\t' && !(about.multiline() && (c == '\n' || c == '\r')))) {
            throw bad("has control characters or line breaks");
        }
        Object value;
        try {
            value = type.parse(text);
        } catch (IllegalArgumentException e) {
            throw bad(e.getMessage());
        }
        if (value instanceof Number n && (n.longValue() < about.min() || n.longValue() > about.max())) {
            throw bad(text + " is not " + range());
        }
        if (!values.isEmpty() && values.stream().noneMatch(o -> isSame(o, text))) {
            throw bad("is none of "
                    + String.join(", ", values.stream().map(Option::value).toList()));
        }
        return value;
    }

    private boolean isSame(Option option, String text) {
        return type.isEnum()
                ? type.parse(option.value()).equals(type.parse(text))
                : option.value().equals(text);
    }

    private String range() {
        if (about.min() == Long.MIN_VALUE) return "at most " + about.max();
        return about.max() == Long.MAX_VALUE ? "at least " + about.min() : about.min() + " to " + about.max();
    }

    private CommandException bad(String why) {
        return new CommandException(Kind.BAD_INPUT, "field " + var() + ": " + why);
    }

    /** Its type in a form (XEP-0004 §3.3). */
    String formType() {
        if (about.secret()) return "text-private";
        if (!values.isEmpty()) return isList() ? "list-multi" : "list-single";
        if (type.isOf(Jid.class)) return isList() ? "jid-multi" : "jid-single";
        if (type.isFalseByDefault()) return "boolean";
        return isList() || about.multiline() ? "text-multi" : "text-single";
    }
}
