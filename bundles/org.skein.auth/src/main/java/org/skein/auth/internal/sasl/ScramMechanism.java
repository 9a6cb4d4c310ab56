package org.skein.auth.internal.sasl;

import java.util.List;
import java.util.Optional;
import org.skein.api.auth.SaslExchange;
import org.skein.api.auth.SaslMechanism;
import org.skein.api.auth.StreamSecurity;

/**
 * SCRAM with one hash, with or without channel binding (RFC 5802, RFC 7677). The binding types are those the stream
 * says it has: {@code tls-server-end-point} (RFC 5929), {@code tls-exporter} (RFC 9266).
 */
final class ScramMechanism implements SaslMechanism {
    private final ScramExchange.Parts parts;
    private final String name;

    ScramMechanism(ScramExchange.Parts parts) {
        this.parts = parts;
        this.name = baseName() + (parts.plus() ? "-PLUS" : "");
    }

    private String baseName() {
        return "SCRAM-" + parts.functions().hash();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean isOffered(String host, StreamSecurity security) {
        return !parts.plus() || !security.channelBindingTypes().isEmpty();
    }

    @Override
    public SaslExchange start(String host, StreamSecurity security, List<String> offered) {
        return new ScramExchange(parts, host, security, offered);
    }

    @Override
    public Optional<String> plusOf() {
        return parts.plus() ? Optional.of(baseName()) : Optional.empty();
    }
}
