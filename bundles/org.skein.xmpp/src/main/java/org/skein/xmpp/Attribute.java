package org.skein.xmpp;

import java.util.Objects;

/**
 * An attribute of an {@link Element}. {@code namespace} is empty for the usual attribute without a prefix.
 */
public record Attribute(String namespace, String name, String value) {
    public Attribute {
        Objects.requireNonNull(namespace, "namespace");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(value, "value");
    }
}
