package org.skein.api.auth;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** All mechanisms, for the edges. Any thread; never blocks. */
@ProviderType
public interface Sasl {
    /** Names of the mechanisms to offer, the best first. */
    List<String> mechanisms(String host, StreamSecurity security);

    /** Begins an exchange; empty if {@code mechanism} is not offered here. */
    Optional<SaslExchange> start(String mechanism, String host, StreamSecurity security);
}
