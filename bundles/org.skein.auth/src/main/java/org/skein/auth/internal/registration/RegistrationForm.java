package org.skein.auth.internal.registration;

import java.util.Optional;
import org.skein.xmpp.Element;

/**
 * What the query of XEP-0077 says, as plain fields or as a data form (XEP-0004).
 *
 * @param username empty where absent
 * @param password empty where absent
 */
record RegistrationForm(String username, String password) {
    static final String NAMESPACE = "jabber:iq:register";
    private static final String DATA = "jabber:x:data";

    /** What is asked for: fields for old clients, and the same as a form (XEP-0077 §4). */
    static Element empty() {
        String instructions = "Choose a user name and a password.";
        Element form = Element.builder("x", DATA)
                .attribute("type", "form")
                .child("title", "New account")
                .child("instructions", instructions)
                .child(field("FORM_TYPE", "hidden", "")
                        .child("value", NAMESPACE)
                        .build())
                .child(field("username", "text-single", "User name")
                        .child(Element.of("required", DATA))
                        .build())
                .child(field("password", "text-private", "Password")
                        .child(Element.of("required", DATA))
                        .build())
                .build();
        return Element.builder("query", NAMESPACE)
                .child("instructions", instructions)
                .child("username", "")
                .child("password", "")
                .child(form)
                .build();
    }

    private static Element.Builder field(String name, String type, String label) {
        Element.Builder field =
                Element.builder("field", DATA).attribute("var", name).attribute("type", type);
        return label.isEmpty() ? field : field.attribute("label", label);
    }

    /** XEP-0077 §3.1.1, for a user who has an account. */
    static Element registered(String username) {
        return Element.builder("query", NAMESPACE)
                .child("registered", "")
                .child("username", username)
                .child("password", "")
                .build();
    }

    static boolean isRemoval(Element query) {
        return query.child("remove", NAMESPACE).isPresent();
    }

    static RegistrationForm of(Element query) {
        Optional<Element> form = query.child("x", DATA);
        return form.isPresent()
                ? new RegistrationForm(value(form.get(), "username"), value(form.get(), "password"))
                : new RegistrationForm(query.childText("username", NAMESPACE), query.childText("password", NAMESPACE));
    }

    private static String value(Element form, String name) {
        return form.children().stream()
                .filter(f -> f.is("field", DATA) && f.attribute("var", "").equals(name))
                .findFirst()
                .map(f -> f.childText("value", DATA))
                .orElse("");
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "RegistrationForm[" + username + "]";
    }
}
