package org.skein.net.api;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import java.util.List;
import java.util.function.Supplier;
import org.osgi.annotation.versioning.ProviderType;
import org.skein.api.auth.StreamSecurity;

/** TLS for listening edges, with a certificate for each virtual host. Any thread. */
@ProviderType
public interface Tls {
    /** TLS as one edge needs it. Closing it ends no connection that is established. */
    @ProviderType
    interface Server extends AutoCloseable {
        /**
         * A handler for the front of one pipeline, which does the server's side of TLS. The certificate is chosen by
         * the server name the client asks for (RFC 6066 §3).
         *
         * @param fallbackHost the virtual host where the client names none; asked on the event loop
         * @param handshakeTimeoutMs 0 for none
         */
        ChannelHandler handler(Supplier<String> fallbackHost, long handshakeTimeoutMs);

        @Override
        void close();
    }

    /**
     * Makes all that is needed to serve; not for event loops.
     *
     * @param alpn protocols to agree on (RFC 7301), the best first; may be empty
     */
    Server server(List<String> alpn);

    /** What protects {@code channel}; on its event loop. Without TLS, or before its handshake, it is not encrypted. */
    StreamSecurity security(Channel channel);

    /** {@code openssl} (BoringSSL) or {@code jdk}. */
    String engine();
}
