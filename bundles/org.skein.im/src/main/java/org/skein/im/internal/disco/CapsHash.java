package org.skein.im.internal.disco;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.skein.xmpp.Element;

/** The verification string of XEP-0115 §5.1, with SHA-1. */
final class CapsHash {
    private static final String DATA = "jabber:x:data";

    private CapsHash() {}

    static String of(InfoAnswer info) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(text(info).getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-1", e);
        }
    }

    private static String text(InfoAnswer info) {
        StringBuilder s = new StringBuilder();
        info.identities().stream()
                .map(i -> i.category() + '/' + i.type() + "//" + i.name() + '<')
                .sorted()
                .forEach(s::append);
        info.features().forEach(f -> s.append(f).append('<'));
        info.forms().stream().map(CapsHash::form).sorted().forEach(s::append);
        return s.toString();
    }

    private static String form(Element form) {
        StringBuilder s = new StringBuilder(String.join("", values(field(form, "FORM_TYPE"))));
        s.append('<');
        fields(form)
                .filter(f -> !f.attribute("var", "").equals("FORM_TYPE"))
                .map(f -> f.attribute("var", "")
                        + '<'
                        + String.join(
                                "",
                                values(f).stream().sorted().map(v -> v + '<').toList()))
                .sorted()
                .forEach(s::append);
        return s.toString();
    }

    private static Stream<Element> fields(Element form) {
        return form.children().stream().filter(e -> e.is("field", DATA));
    }

    private static Element field(Element form, String name) {
        return fields(form)
                .filter(f -> f.attribute("var", "").equals(name))
                .findFirst()
                .orElse(Element.of("field", DATA));
    }

    private static List<String> values(Element field) {
        return field.children().stream()
                .filter(e -> e.is("value", DATA))
                .map(Element::text)
                .toList();
    }
}
