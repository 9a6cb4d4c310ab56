package org.skein.adhoc.internal;

import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.skein.api.command.FieldDescription;
import org.skein.xmpp.Jid;

/** What one entry of a field can be: how it is made of text, and what stands for "not filled in". */
record FieldType(Class<?> type) {
    private static final Map<Class<?>, Class<?>> PLAIN =
            Map.of(Boolean.class, boolean.class, Integer.class, int.class, Long.class, long.class);

    /** Empty for what no field can be. */
    static Optional<FieldType> of(Type type) {
        if (!(type instanceof Class<?> c)) return Optional.empty();
        Class<?> plain = PLAIN.getOrDefault(c, c);
        boolean known = plain == String.class || plain == Jid.class || PLAIN.containsValue(plain) || plain.isEnum();
        return known ? Optional.of(new FieldType(plain)) : Optional.empty();
    }

    static FieldType of(FieldDescription.Type described) {
        return new FieldType(
                switch (described) {
                    case TEXT -> String.class;
                    case FLAG -> boolean.class;
                    case INT -> int.class;
                    case LONG -> long.class;
                    case JID -> Jid.class;
                });
    }

    /** A constant is a text with options. */
    FieldDescription.Type described() {
        if (type == boolean.class) return FieldDescription.Type.FLAG;
        if (type == int.class) return FieldDescription.Type.INT;
        if (type == long.class) return FieldDescription.Type.LONG;
        return type == Jid.class ? FieldDescription.Type.JID : FieldDescription.Type.TEXT;
    }

    boolean isOf(Class<?> other) {
        return type == other;
    }

    boolean isEnum() {
        return type.isEnum();
    }

    /** Whether there may be lists of it. */
    boolean isListed() {
        return type == String.class || type == Jid.class;
    }

    boolean isFalseByDefault() {
        return type == boolean.class;
    }

    /** As people write them. */
    List<String> constants() {
        return isEnum()
                ? Arrays.stream(type.getEnumConstants())
                        .map(c -> word(((Enum<?>) c).name()))
                        .toList()
                : List.of();
    }

    private static String word(String constant) {
        return constant.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    Object nothing() {
        if (type == boolean.class) return false;
        if (type == int.class) return 0;
        if (type == long.class) return 0L;
        return type == String.class ? "" : null;
    }

    /** @throws IllegalArgumentException with what is wrong */
    Object parse(String text) {
        if (type == String.class) return text;
        if (type == Jid.class) return Jid.of(text);
        if (type == boolean.class) return truth(text);
        return isEnum() ? constant(text) : number(text);
    }

    private static boolean truth(String text) {
        return switch (text) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw new IllegalArgumentException("neither true nor false");
        };
    }

    private Object number(String text) {
        try {
            return type == int.class ? (Object) Integer.valueOf(text) : (Object) Long.valueOf(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("no whole number" + (type == int.class ? " of 32 bits" : ""), e);
        }
    }

    private Object constant(String text) {
        return Arrays.stream(type.getEnumConstants())
                .filter(c -> word(((Enum<?>) c).name()).equals(word(text)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("is none of " + String.join(", ", constants())));
    }
}
