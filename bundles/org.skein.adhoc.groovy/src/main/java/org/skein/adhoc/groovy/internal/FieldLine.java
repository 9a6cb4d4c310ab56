package org.skein.adhoc.groovy.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.skein.api.command.FieldDescription;
import org.skein.api.command.FieldDescription.Type;

/**
 * A field in the header of a script: {@code NAME TYPE "LABEL"} and then words as they are needed, {@code optional},
 * {@code default=5}, {@code options="a=First,b=Second"} and so on.
 */
final class FieldLine {
    private static final Pattern NAME = Pattern.compile("[a-z][A-Za-z0-9_]*");
    /** A word, of which any part may be in quotes. */
    private static final Pattern WORD = Pattern.compile("(?:[^\\s\"]|\"[^\"]*\")+");

    private static final Map<String, Type> TYPES =
            Map.of("text", Type.TEXT, "flag", Type.FLAG, "int", Type.INT, "long", Type.LONG, "jid", Type.JID);
    private static final String LIST = "-list";

    /** What a variable of a script cannot be called, or what is something else there. */
    private static final Set<String> TAKEN = Set.of(
            ("abstract as assert boolean break byte case catch char class const continue def default do double else enum"
                            + " extends false final finally float for goto if implements import in instanceof int"
                            + " interface long native new null package private protected public return short static"
                            + " strictfp super switch synchronized this threadsafe throw throws trait transient true"
                            + " try var void volatile while yield record"
                            + " call out log sessions accounts router service services args binding metaClass property")
                    .split(" "));

    private final int line;
    private boolean optional;
    private String defaultValue = "";
    private List<String> options = List.of();
    private boolean secret;
    private boolean multiline;
    private long min = Long.MIN_VALUE;
    private long max = Long.MAX_VALUE;
    private int maxLength = FieldDescription.MAX_LENGTH;
    private int page = 1;

    private FieldLine(int line) {
        this.line = line;
    }

    /** @throws ScriptException with what is wrong */
    static FieldDescription of(int line, String text) throws ScriptException {
        return new FieldLine(line).read(text);
    }

    private FieldDescription read(String text) throws ScriptException {
        List<String> words = words(text);
        if (words.size() < 3 || !words.get(2).startsWith("\"")) {
            throw wrong("a field is NAME TYPE \"LABEL\", and more words if needed");
        }
        String var = words.get(0);
        if (!NAME.matcher(var).matches() || TAKEN.contains(var)) {
            throw wrong("no field can be called '" + var + "'");
        }
        String type = words.get(1);
        boolean isList = type.endsWith(LIST);
        String plain = isList ? type.substring(0, type.length() - LIST.length()) : type;
        if (!TYPES.containsKey(plain) || isList && !Set.of("text", "jid").contains(plain)) {
            throw wrong("'" + type + "' is none of text, flag, int, long, jid, text-list, jid-list");
        }
        for (String word : words.subList(3, words.size())) take(word);
        try {
            return new FieldDescription(
                    var,
                    plain(words.get(2)),
                    TYPES.get(plain),
                    isList,
                    !optional && defaultValue.isEmpty(),
                    defaultValue,
                    options,
                    secret,
                    multiline,
                    min,
                    max,
                    maxLength,
                    page);
        } catch (IllegalArgumentException e) {
            throw wrong(e.getMessage());
        }
    }

    private List<String> words(String text) throws ScriptException {
        List<String> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(text);
        int end = 0;
        while (matcher.find()) {
            if (!text.substring(end, matcher.start()).isBlank()) break;
            words.add(matcher.group());
            end = matcher.end();
        }
        if (!text.substring(end).isBlank()) throw wrong("a quotation mark has no second");
        return words;
    }

    private static String plain(String word) {
        return word.replace("\"", "");
    }

    private void take(String word) throws ScriptException {
        int at = word.indexOf('=');
        String value = at < 0 ? "" : plain(word.substring(at + 1));
        switch (at < 0 ? word : word.substring(0, at + 1)) {
            case "required" -> optional = false;
            case "optional" -> optional = true;
            case "secret" -> secret = true;
            case "multiline" -> multiline = true;
            case "default=" -> defaultValue = value;
            case "options=" -> options = List.of(value.split(","));
            case "min=" -> min = number(word, value);
            case "max=" -> max = number(word, value);
            case "length=" -> maxLength = small(word, value);
            case "page=" -> page = small(word, value);
            default ->
                throw wrong("'" + word + "' is none of required, optional, secret, multiline, default=, options=, min=,"
                        + " max=, length=, page=");
        }
    }

    private long number(String word, String value) throws ScriptException {
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw wrong("'" + word + "' has no number");
        }
    }

    private int small(String word, String value) throws ScriptException {
        long number = number(word, value);
        if (number < 1 || number > 1_000_000) throw wrong("'" + word + "' is not 1 to 1000000");
        return (int) number;
    }

    private ScriptException wrong(String why) {
        return new ScriptException(line, "field: " + why);
    }
}
