package org.skein.api.auth;

import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/** A SASL mechanism, as a service. Higher {@code service.ranking} is offered first. */
@ConsumerType
public interface SaslMechanism {
    /** The registered name, such as {@code SCRAM-SHA-256-PLUS}. */
    String name();

    /** True if it may be offered for {@code host} on a stream so protected. */
    boolean isOffered(String host, StreamSecurity security);

    /**
     * @param offered names of all mechanisms offered on this stream, for protection against downgrades (RFC 5802 §6)
     */
    SaslExchange start(String host, StreamSecurity security, java.util.List<String> offered);

    /** Name of the mechanism this one is the channel-binding variant of. */
    default Optional<String> plusOf() {
        return Optional.empty();
    }
}
