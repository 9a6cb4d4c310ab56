package org.skein.config.settings;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The type of a setting: checks the text an operator wrote and turns it into the value Configuration Admin gets.
 *
 * @param kind what the text must look like
 * @param choices the allowed words of an {@code enum:} type, else empty
 */
public record SettingType(Kind kind, List<String> choices) {

    private static final String BYTE = "(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])";
    private static final Pattern RANGE = Pattern.compile(
            "((?:" + BYTE + "\\.){3}" + BYTE + "|[0-9a-fA-F:][0-9a-fA-F.]*:[0-9a-fA-F:.]*)(?:/([0-9]{1,3}))?");

    /** The kinds of text a setting may hold. */
    public enum Kind {
        /** A whole number of 32 bits. */
        INT,
        /** A whole number of 64 bits. */
        LONG,
        /** {@code true} or {@code false}. */
        BOOLEAN,
        /** Any text. */
        STRING,
        /** Comma separated words. */
        LIST,
        /** Seconds, or a number with {@code s}, {@code m}, {@code h} or {@code d}. */
        DURATION_SECONDS,
        /** A file; a relative one is below the instance folder. */
        PATH,
        /** A TCP port; 0 = any free port, -1 = off. */
        PORT,
        /** Comma separated addresses and ranges, such as {@code 10.0.0.0/8}; no names. */
        ADDRESS_RANGES,
        /** One word of a fixed set. */
        ENUM
    }

    public SettingType {
        choices = List.copyOf(choices);
    }

    /**
     * Reads a type as written in a table.
     *
     * @throws IllegalArgumentException when there is no such type
     */
    public static SettingType parse(String text) {
        if (text.startsWith("enum:")) {
            return new SettingType(
                    Kind.ENUM, Arrays.asList(text.substring("enum:".length()).split("\\|")));
        }
        for (Kind kind : Kind.values()) {
            if (kind != Kind.ENUM
                    && text.equals(kind.name().toLowerCase(Locale.ROOT).replace('_', '-'))) {
                return new SettingType(kind, List.of());
            }
        }
        throw new IllegalArgumentException("no such type: " + text);
    }

    /**
     * Checks and converts.
     *
     * @param base the instance folder, for relative paths
     * @throws IllegalArgumentException with a message for the operator when the text does not fit
     */
    public Object convert(String text, Path base) {
        return switch (kind) {
            case INT -> (int) number(text, Integer.MIN_VALUE, Integer.MAX_VALUE, "a whole number");
            case LONG -> number(text, Long.MIN_VALUE, Long.MAX_VALUE, "a whole number");
            case PORT -> (int) number(text, -1, 65535, "a port (1 to 65535; 0 = any free port, -1 = off)");
            case BOOLEAN -> bool(text);
            case STRING -> text;
            case LIST -> words(text);
            case ADDRESS_RANGES -> ranges(text);
            case DURATION_SECONDS -> seconds(text);
            case PATH -> text.isEmpty() ? "" : base.resolve(text).toString();
            case ENUM -> choice(text);
        };
    }

    private static String[] words(String text) {
        return Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(s -> !s.isEmpty())
                .toArray(String[]::new);
    }

    private static String[] ranges(String text) {
        String[] ranges = words(text);
        for (String range : ranges) {
            Matcher parts = RANGE.matcher(range);
            if (!parts.matches() || !isRange(parts.group(1), parts.group(2))) {
                throw new IllegalArgumentException(
                        "expected addresses or ranges such as 10.0.0.5 or 10.0.0.0/8, found '" + range + "'");
            }
        }
        return ranges;
    }

    /** Only what cannot be a name gets here, so nothing is looked up. */
    private static boolean isRange(String address, String bits) {
        try {
            int all = InetAddress.getByName(address).getAddress().length * Byte.SIZE;
            return bits == null || Integer.parseInt(bits) <= all;
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static long number(String text, long min, long max, String expected) {
        try {
            long value = Long.parseLong(text);
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("expected " + expected + ", found '" + text + "'", e);
        }
        throw new IllegalArgumentException("out of range: expected " + expected + ", found '" + text + "'");
    }

    private static boolean bool(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on" -> true;
            case "false", "no", "off" -> false;
            default -> throw new IllegalArgumentException("expected true or false, found '" + text + "'");
        };
    }

    private static long seconds(String text) {
        String expected = "a time in seconds (or 90s, 5m, 2h, 1d)";
        if (text.isEmpty()) {
            throw new IllegalArgumentException("expected " + expected + ", found nothing");
        }
        long unit = switch (text.charAt(text.length() - 1)) {
            case 's' -> 1;
            case 'm' -> 60;
            case 'h' -> 3600;
            case 'd' -> 86400;
            default -> 0;
        };
        String digits = unit == 0 ? text : text.substring(0, text.length() - 1);
        return number(digits.strip(), 0, Integer.MAX_VALUE, expected) * Math.max(1, unit);
    }

    private String choice(String text) {
        String word = text.toLowerCase(Locale.ROOT);
        if (!choices.contains(word)) {
            throw new IllegalArgumentException(
                    "expected one of " + String.join(", ", choices) + "; found '" + text + "'");
        }
        return word;
    }
}
