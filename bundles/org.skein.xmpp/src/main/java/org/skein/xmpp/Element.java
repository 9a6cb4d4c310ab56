package org.skein.xmpp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * An immutable XML element: a name in a namespace, attributes, and content made of elements and text. Prefixes are not
 * kept; {@link XmlBuffer} writes namespaces anew. Changing methods ({@code with…}) answer a copy.
 */
public final class Element {
    private static final Attribute[] NO_ATTRIBUTES = {};
    private static final Object[] NO_CONTENT = {};

    private final String name;
    private final String namespace;
    private final Attribute[] attributes;
    private final Object[] content; // String or Element, in document order

    private Element(String name, String namespace, Attribute[] attributes, Object[] content) {
        this.name = Objects.requireNonNull(name, "name");
        this.namespace = Objects.requireNonNull(namespace, "namespace");
        this.attributes = attributes;
        this.content = content;
    }

    /** An empty element. */
    public static Element of(String name, String namespace) {
        return new Element(name, namespace, NO_ATTRIBUTES, NO_CONTENT);
    }

    /** An element whose only content is {@code text}. */
    public static Element of(String name, String namespace, String text) {
        return new Element(name, namespace, NO_ATTRIBUTES, text.isEmpty() ? NO_CONTENT : new Object[] {text});
    }

    public static Builder builder(String name, String namespace) {
        return new Builder(name, namespace);
    }

    /**
     * Used by parsers. {@code content} holds strings and elements in document order, no two strings side by side. The
     * arrays are not copied and must not change.
     */
    public static Element parsed(String name, String namespace, Attribute[] attributes, Object[] content) {
        return new Element(name, namespace, attributes, content);
    }

    public String name() {
        return name;
    }

    public String namespace() {
        return namespace;
    }

    public boolean is(String name, String namespace) {
        return this.name.equals(name) && this.namespace.equals(namespace);
    }

    public List<Attribute> attributes() {
        return List.of(attributes);
    }

    /** The value of the attribute without namespace called {@code name}. */
    public Optional<String> attribute(String name) {
        return Optional.ofNullable(find("", name));
    }

    /** The same, or {@code otherwise} where there is none. */
    public String attribute(String name, String otherwise) {
        String value = find("", name);
        return value == null ? otherwise : value;
    }

    public Optional<String> attributeNs(String namespace, String name) {
        return Optional.ofNullable(find(namespace, name));
    }

    private String find(String namespace, String name) {
        for (Attribute a : attributes) {
            if (a.name().equals(name) && a.namespace().equals(namespace)) {
                return a.value();
            }
        }
        return null;
    }

    /** Child elements in document order. */
    public List<Element> children() {
        if (content.length == 0) {
            return List.of();
        }
        List<Element> children = new ArrayList<>(content.length);
        for (Object o : content) {
            if (o instanceof Element e) {
                children.add(e);
            }
        }
        return Collections.unmodifiableList(children);
    }

    /** The first child with this name and namespace. */
    public Optional<Element> child(String name, String namespace) {
        for (Object o : content) {
            if (o instanceof Element e && e.is(name, namespace)) {
                return Optional.of(e);
            }
        }
        return Optional.empty();
    }

    /** The first child element, whatever its name. */
    public Optional<Element> firstChild() {
        for (Object o : content) {
            if (o instanceof Element e) {
                return Optional.of(e);
            }
        }
        return Optional.empty();
    }

    /** Text of the first child with this name and namespace, or the empty string. */
    public String childText(String name, String namespace) {
        return child(name, namespace).map(Element::text).orElse("");
    }

    /** The text directly inside this element, concatenated; empty where there is none. */
    public String text() {
        if (content.length == 0) {
            return "";
        }
        if (content.length == 1) {
            return content[0] instanceof String s ? s : "";
        }
        StringBuilder text = new StringBuilder();
        for (Object o : content) {
            if (o instanceof String s) {
                text.append(s);
            }
        }
        return text.toString();
    }

    /** Content in document order: each entry is a {@link String} or an {@link Element}. */
    public List<Object> content() {
        return List.of(content);
    }

    public Element with(String attribute, String value) {
        return toBuilder().attribute(attribute, value).build();
    }

    public Element without(String attribute) {
        Builder b = new Builder(name, namespace);
        for (Attribute a : attributes) {
            if (!a.name().equals(attribute) || !a.namespace().isEmpty()) {
                b.attributes.add(a);
            }
        }
        b.content.addAll(content());
        return b.build();
    }

    /** A copy with {@code child} added at the end. */
    public Element with(Element child) {
        return toBuilder().child(child).build();
    }

    public Builder toBuilder() {
        Builder b = new Builder(name, namespace);
        b.attributes.addAll(attributes());
        b.content.addAll(content());
        return b;
    }

    int attributeCount() {
        return attributes.length;
    }

    Attribute attributeAt(int i) {
        return attributes[i];
    }

    int contentCount() {
        return content.length;
    }

    Object contentAt(int i) {
        return content[i];
    }

    @Override
    public boolean equals(Object o) {
        return o == this
                || o instanceof Element e
                        && name.equals(e.name)
                        && namespace.equals(e.namespace)
                        && attributes.length == e.attributes.length
                        && hasAll(e.attributes)
                        && Arrays.equals(content, e.content);
    }

    private boolean hasAll(Attribute[] others) {
        for (Attribute a : others) {
            if (!a.value().equals(find(a.namespace(), a.name()))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + namespace.hashCode();
    }

    /** The element as XML, for logs and tests. */
    @Override
    public String toString() {
        return new XmlBuffer(256).element(this, "").toString();
    }

    /**
     * Collects an element. Not thread-safe. Setting an attribute again replaces it. Text side by side becomes one.
     * Namespaces are no attributes here; {@code xml:lang} is attribute {@code lang} in {@link Ns#XML}.
     */
    public static final class Builder {
        private final String name;
        private final String namespace;
        private final List<Attribute> attributes = new ArrayList<>(4);
        private final List<Object> content = new ArrayList<>(4);

        private Builder(String name, String namespace) {
            this.name = name;
            this.namespace = namespace;
        }

        public Builder attribute(String name, String value) {
            return attribute("", name, value);
        }

        /** @throws IllegalArgumentException for {@code xmlns} and for a name with a prefix */
        public Builder attribute(String namespace, String name, String value) {
            if (name.equals("xmlns") && namespace.isEmpty() || name.indexOf(':') >= 0) {
                throw new IllegalArgumentException("no name of an attribute: " + name);
            }
            Attribute added = new Attribute(namespace, name, value);
            for (int i = 0; i < attributes.size(); i++) {
                Attribute a = attributes.get(i);
                if (a.name().equals(name) && a.namespace().equals(namespace)) {
                    attributes.set(i, added);
                    return this;
                }
            }
            attributes.add(added);
            return this;
        }

        public Builder child(Element child) {
            content.add(Objects.requireNonNull(child, "child"));
            return this;
        }

        /** Adds {@code <name xmlns='namespace of this element'>text</name>}. */
        public Builder child(String name, String text) {
            return child(Element.of(name, namespace, text));
        }

        public Builder text(String text) {
            if (text.isEmpty()) {
                return this;
            }
            int last = content.size() - 1;
            if (last >= 0 && content.get(last) instanceof String before) {
                content.set(last, before + text);
            } else {
                content.add(text);
            }
            return this;
        }

        public Element build() {
            return new Element(
                    name,
                    namespace,
                    attributes.isEmpty() ? NO_ATTRIBUTES : attributes.toArray(NO_ATTRIBUTES),
                    content.isEmpty() ? NO_CONTENT : content.toArray());
        }
    }
}
