package org.skein.xmpp;

import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * A stream error (RFC 6120 §4.9), after which the stream is closed. {@code text} may be empty; {@code detail} is an
 * application-specific condition (§4.9.4).
 */
public record StreamError(Condition condition, String text, Optional<Element> detail) {
    public StreamError {
        Objects.requireNonNull(condition, "condition");
        Objects.requireNonNull(text, "text");
        Objects.requireNonNull(detail, "detail");
    }

    public StreamError(Condition condition, String text) {
        this(condition, text, Optional.empty());
    }

    public StreamError withDetail(Element detail) {
        return new StreamError(condition, text, Optional.of(detail));
    }

    /** The defined conditions (RFC 6120 §4.9.3). For {@link #SEE_OTHER_HOST} the text is the host to go to. */
    public enum Condition {
        BAD_FORMAT,
        BAD_NAMESPACE_PREFIX,
        CONFLICT,
        CONNECTION_TIMEOUT,
        HOST_GONE,
        HOST_UNKNOWN,
        IMPROPER_ADDRESSING,
        INTERNAL_SERVER_ERROR,
        INVALID_FROM,
        INVALID_NAMESPACE,
        INVALID_XML,
        NOT_AUTHORIZED,
        NOT_WELL_FORMED,
        POLICY_VIOLATION,
        REMOTE_CONNECTION_FAILED,
        RESET,
        RESOURCE_CONSTRAINT,
        RESTRICTED_XML,
        SEE_OTHER_HOST,
        SYSTEM_SHUTDOWN,
        UNDEFINED_CONDITION,
        UNSUPPORTED_ENCODING,
        UNSUPPORTED_FEATURE,
        UNSUPPORTED_STANZA_TYPE,
        UNSUPPORTED_VERSION;

        private final String elementName = name().toLowerCase(Locale.ROOT).replace('_', '-');

        public String elementName() {
            return elementName;
        }

        public StreamError error() {
            return new StreamError(this, "");
        }

        public StreamError error(String text) {
            return new StreamError(this, text);
        }
    }

    /** {@code <error xmlns='http://etherx.jabber.org/streams'>…}; edges may write it with the stream prefix. */
    public Element toElement() {
        Element.Builder b = Element.builder("error", Ns.STREAMS);
        if (condition == Condition.SEE_OTHER_HOST) {
            return b.child(Element.of(condition.elementName(), Ns.STREAM_ERROR, text))
                    .build();
        }
        b.child(Element.of(condition.elementName(), Ns.STREAM_ERROR));
        if (!text.isEmpty()) {
            b.child(Element.of("text", Ns.STREAM_ERROR, text));
        }
        detail.ifPresent(b::child);
        return b.build();
    }
}
