package org.skein.api.auth;

import java.net.SocketAddress;
import java.util.Optional;
import java.util.Set;
import org.osgi.annotation.versioning.ProviderType;

/** What protects a stream; read on the stream's event loop. */
@ProviderType
public interface StreamSecurity {
    /** True inside TLS. */
    boolean isEncrypted();

    /** Types of channel binding that really work on this stream ({@code tls-server-end-point}, {@code tls-exporter}). */
    Set<String> channelBindingTypes();

    /** The channel binding data (RFC 5929, RFC 9266) of a type. */
    Optional<byte[]> channelBinding(String type);

    /** For operators: {@code TLSv1.3 TLS_AES_128_GCM_SHA256}; empty without TLS. */
    String description();

    /** Where the stream comes from, so that failed logins can be counted for it; empty where that is not known. */
    default Optional<SocketAddress> remoteAddress() {
        return Optional.empty();
    }
}
