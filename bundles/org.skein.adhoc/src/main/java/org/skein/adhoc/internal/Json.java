package org.skein.adhoc.internal;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.skein.api.command.Result;
import org.skein.api.command.Result.Column;
import org.skein.api.command.Result.Value;

/** Answers for programs, as JSON (RFC 8259) of this one shape. */
final class Json {
    private Json() {}

    static String of(Definition command, Answer answer) {
        Result result = answer.result();
        Map<String, String> all = new LinkedHashMap<>();
        all.put("command", text(command.name()));
        all.put("complete", Boolean.toString(answer.isWhole()));
        all.put("text", text(result.text()));
        Map<String, String> values = new LinkedHashMap<>();
        for (Value v : result.values()) {
            values.put(v.var(), v.texts().size() == 1 ? text(v.texts().get(0)) : texts(v.texts()));
        }
        all.put("values", object(values));
        all.put(
                "columns",
                array(result.columns().stream()
                        .map(c -> object(Map.of("name", text(c.var()))))
                        .toList()));
        all.put(
                "rows",
                array(result.rows().stream().map(r -> row(result.columns(), r)).toList()));
        all.put("nodes", array(answer.nodes().stream().map(Json::node).toList()));
        return object(all);
    }

    private static String node(Answer.Outcome outcome) {
        Map<String, String> node = new LinkedHashMap<>();
        node.put("node", text(outcome.node()));
        node.put("state", text(outcome.state().words()));
        node.put("text", text(outcome.text()));
        return object(node);
    }

    private static String row(List<Column> columns, List<String> cells) {
        Map<String, String> row = new LinkedHashMap<>();
        for (int i = 0; i < cells.size(); i++) row.put(columns.get(i).var(), text(cells.get(i)));
        return object(row);
    }

    static String texts(List<String> texts) {
        return array(texts.stream().map(Json::text).toList());
    }

    static String array(List<String> values) {
        return values.stream().collect(Collectors.joining(",", "[", "]"));
    }

    static String object(Map<String, String> members) {
        return members.entrySet().stream()
                .map(m -> text(m.getKey()) + ":" + m.getValue())
                .collect(Collectors.joining(",", "{", "}"));
    }

    static String text(String text) {
        StringBuilder json = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> json.append('\\').append(c);
                case '\n' -> json.append("\\n");
                case '\r' -> json.append("\\r");
                case '\t' -> json.append("\\t");
                default -> {
                    if (c < ' ' || c == '\u007f' || Character.isSurrogate(c)) {
                        json.append(String.format("\\u%04x", (int) c));
                    } else {
                        json.append(c);
                    }
                }
            }
        }
        return json.append('"').toString();
    }
}
