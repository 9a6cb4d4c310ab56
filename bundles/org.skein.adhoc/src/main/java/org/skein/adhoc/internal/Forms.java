package org.skein.adhoc.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.skein.adhoc.internal.Answer.Outcome;
import org.skein.api.command.Result;
import org.skein.xmpp.Element;
import org.skein.xmpp.StanzaError.Condition;
import org.skein.xmpp.StanzaException;

/** Data forms (XEP-0004) of commands: pages to fill in, what was filled in, and results. */
final class Forms {
    static final String COMMANDS = "http://jabber.org/protocol/commands";
    static final String DATA = "jabber:x:data";

    /** Rows of a table in one answer. */
    static final int MOST_ROWS = 1000;

    private static final int MOST_VALUES = 10_000;

    private Forms() {}

    /** The page, filled in with {@code values}. */
    static Element page(Definition command, int page, Map<String, List<String>> values) {
        Element.Builder form = Element.builder("x", DATA)
                .attribute("type", "form")
                .child("title", command.about().title());
        if (!command.about().description().isEmpty()) {
            form.child("instructions", command.about().description());
        }
        formType(command, form);
        command.fields(page).forEach(f -> form.child(field(f, values)));
        return form.build();
    }

    private static Element field(FieldSpec spec, Map<String, List<String>> values) {
        Element.Builder field = Element.builder("field", DATA)
                .attribute("var", spec.var())
                .attribute("type", spec.formType())
                .attribute("label", spec.about().label());
        if (spec.isRequired()) field.child(Element.of("required", DATA));
        List<String> given = values.get(spec.var());
        if (given == null && !spec.about().defaultValue().isEmpty()) {
            given = List.of(spec.about().defaultValue());
        }
        if (given != null) lines(spec, given).forEach(v -> field.child("value", clean(v)));
        for (FieldSpec.Option option : spec.values()) {
            field.child(Element.builder("option", DATA)
                    .attribute("label", option.label())
                    .child("value", option.value())
                    .build());
        }
        return field.build();
    }

    private static List<String> lines(FieldSpec spec, List<String> values) {
        return spec.about().multiline() && !spec.isList()
                ? values.stream().flatMap(String::lines).toList()
                : values;
    }

    /** The namespace of commands that have one: XEP-0133 says so of its own. */
    private static void formType(Definition command, Element.Builder form) {
        int at = command.node().indexOf('#');
        if (at > 0)
            form.child(field("FORM_TYPE", "hidden", "", List.of(command.node().substring(0, at))));
    }

    /** What was filled in, by the fields' names. */
    static Map<String, List<String>> submitted(Element form) {
        Map<String, List<String>> values = new LinkedHashMap<>();
        int count = 0;
        for (Element field : form.children()) {
            if (!field.is("field", DATA)) continue;
            String var = field.attribute("var", "");
            if (var.equals("FORM_TYPE") || field.attribute("type", "").equals("fixed")) continue;
            List<String> texts = field.children().stream()
                    .filter(v -> v.is("value", DATA))
                    .map(Element::text)
                    .toList();
            count += 1 + texts.size();
            if (count > MOST_VALUES) throw new StanzaException(Condition.POLICY_VIOLATION, "too many values");
            if (values.put(var, texts) != null) {
                throw new StanzaException(Condition.BAD_REQUEST, "bad-payload: field " + var + " is there twice");
            }
        }
        return values;
    }

    /** The answer as notes and a form: what a node did not do or tell comes first. */
    static List<Element> result(Definition command, Answer answer) {
        List<Element> all = new ArrayList<>();
        for (Outcome node : answer.notes()) all.add(note("warn", node.line()));
        Result result = answer.result();
        int leftOut = result.rows().size() - MOST_ROWS;
        if (leftOut > 0) all.add(note("warn", "the first " + MOST_ROWS + " rows; " + leftOut + " more are not shown"));
        if (!result.text().isEmpty()) all.add(note("info", result.text()));
        if (!result.values().isEmpty() || !result.columns().isEmpty()) all.add(form(command, result));
        return all;
    }

    private static Element note(String type, String text) {
        return Element.of("note", COMMANDS, clean(text)).with("type", type);
    }

    private static Element form(Definition command, Result result) {
        Element.Builder form = Element.builder("x", DATA)
                .attribute("type", "result")
                .child("title", command.about().title());
        formType(command, form);
        result.values()
                .forEach(v -> form.child(
                        field(v.var(), v.texts().size() == 1 ? "text-single" : "text-multi", v.label(), v.texts())));
        if (!result.columns().isEmpty()) {
            Element.Builder reported = Element.builder("reported", DATA);
            result.columns().forEach(c -> reported.child(field(c.var(), "text-single", c.label(), List.of())));
            form.child(reported.build());
            result.rows().stream().limit(MOST_ROWS).forEach(row -> form.child(item(result, row)));
        }
        return form.build();
    }

    private static Element item(Result result, List<String> row) {
        Element.Builder item = Element.builder("item", DATA);
        for (int i = 0; i < row.size(); i++) {
            item.child(Element.builder("field", DATA)
                    .attribute("var", result.columns().get(i).var())
                    .child("value", clean(row.get(i)))
                    .build());
        }
        return item.build();
    }

    private static Element field(String var, String type, String label, List<String> values) {
        Element.Builder field =
                Element.builder("field", DATA).attribute("var", var).attribute("type", type);
        if (!label.isEmpty()) field.attribute("label", label);
        values.forEach(v -> field.child("value", clean(v)));
        return field.build();
    }

    /** Without what no XML can carry. */
    static String clean(String text) {
        StringBuilder clean = null;
        for (int i = 0; i < text.length(); i++) {
            if (isXml(text, i)) continue;
            if (clean == null) clean = new StringBuilder(text);
            clean.setCharAt(i, '\uFFFD');
        }
        return clean == null ? text : clean.toString();
    }

    private static boolean isXml(String text, int at) {
        char c = text.charAt(at);
        if (Character.isHighSurrogate(c)) {
            return at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1));
        }
        if (Character.isLowSurrogate(c)) return at > 0 && Character.isHighSurrogate(text.charAt(at - 1));
        return c >= ' ' && c < '\uFFFE' || c == '\t' || c == '\n' || c == '\r';
    }
}
