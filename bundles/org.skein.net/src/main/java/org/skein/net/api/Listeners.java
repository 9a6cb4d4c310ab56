package org.skein.net.api;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import java.net.InetSocketAddress;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Opens listening sockets on the configured addresses. Accepted connections pass the limits of the node first. Each open
 * socket shows as an {@link org.skein.api.monitor.ListenerInfo} service.
 */
@ProviderType
public interface Listeners {
    /**
     * What to listen on.
     *
     * @param name as in {@code run/ports.json}, such as {@code c2s}
     * @param setting name of the setting an operator would change
     * @param port 0 for any free port
     * @param tuning how accepted sockets are set up
     * @param behindBalancer whether connections from {@code proxy-protocol-from} begin with a PROXY header, which is
     *     taken off and read before the initializer sees the connection; {@link RemoteAddress} knows the result
     */
    record Request(String name, String setting, int port, SocketTuning tuning, boolean behindBalancer) {
        /** For a listener that is never behind a balancer. */
        public Request(String name, String setting, int port, SocketTuning tuning) {
            this(name, setting, port, tuning, false);
        }
    }

    /** An open listener; closing it frees its ports, but leaves accepted connections alone. May be closed again. */
    interface Listener extends AutoCloseable {
        /** The addresses really bound, at least one. */
        List<InetSocketAddress> addresses();

        @Override
        void close();
    }

    /**
     * Binds and waits until it is bound; not for event loops.
     *
     * @param initializer set up for each connection, with {@link Channel#pipeline} still empty
     * @throws ListenException if a port cannot be had. It is logged already; where this was the first try of this name,
     *     the node is told to stop, so that it never comes up half-open
     */
    Listener open(Request request, ChannelHandler initializer) throws ListenException;
}
