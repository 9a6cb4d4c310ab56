package org.skein.xmpp;

import java.util.Locale;
import java.util.Objects;

/** A stanza error (RFC 6120 §8.3): its condition, its type, and a text for people, which may be empty. */
public record StanzaError(Condition condition, Type type, String text) {
    public StanzaError {
        Objects.requireNonNull(condition, "condition");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(text, "text");
    }

    /** What the sender may do about it (RFC 6120 §8.3.2). */
    public enum Type {
        AUTH,
        CANCEL,
        CONTINUE,
        MODIFY,
        WAIT
    }

    /** The defined conditions with the type each usually has (RFC 6120 §8.3.3). */
    public enum Condition {
        BAD_REQUEST(Type.MODIFY),
        CONFLICT(Type.CANCEL),
        FEATURE_NOT_IMPLEMENTED(Type.CANCEL),
        FORBIDDEN(Type.AUTH),
        GONE(Type.CANCEL),
        INTERNAL_SERVER_ERROR(Type.WAIT),
        ITEM_NOT_FOUND(Type.CANCEL),
        JID_MALFORMED(Type.MODIFY),
        NOT_ACCEPTABLE(Type.MODIFY),
        NOT_ALLOWED(Type.CANCEL),
        NOT_AUTHORIZED(Type.AUTH),
        POLICY_VIOLATION(Type.MODIFY),
        RECIPIENT_UNAVAILABLE(Type.WAIT),
        REDIRECT(Type.MODIFY),
        REGISTRATION_REQUIRED(Type.AUTH),
        REMOTE_SERVER_NOT_FOUND(Type.CANCEL),
        REMOTE_SERVER_TIMEOUT(Type.WAIT),
        RESOURCE_CONSTRAINT(Type.WAIT),
        SERVICE_UNAVAILABLE(Type.CANCEL),
        SUBSCRIPTION_REQUIRED(Type.AUTH),
        UNDEFINED_CONDITION(Type.CANCEL),
        UNEXPECTED_REQUEST(Type.WAIT);

        private final Type usualType;
        private final String elementName = name().toLowerCase(Locale.ROOT).replace('_', '-');

        Condition(Type usualType) {
            this.usualType = usualType;
        }

        public String elementName() {
            return elementName;
        }

        /** This condition with its usual type and no text. */
        public StanzaError error() {
            return new StanzaError(this, usualType, "");
        }

        /** This condition with its usual type and a text. */
        public StanzaError error(String text) {
            return new StanzaError(this, usualType, text);
        }
    }

    /** {@code <error type='…'><condition/><text/></error>} in {@code jabber:client}. */
    public Element toElement() {
        Element.Builder error = Element.builder("error", Ns.CLIENT)
                .attribute("type", type.name().toLowerCase(Locale.ROOT))
                .child(Element.of(condition.elementName(), Ns.STANZA_ERROR));
        if (!text.isEmpty()) {
            error.child(Element.of("text", Ns.STANZA_ERROR, text));
        }
        return error.build();
    }
}
