package org.skein.c2s.internal;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.skein.api.session.Session;
import org.skein.net.api.EventLoops;

/**
 * A socket like those for clients, which nobody is told of, and where only two users get in who exist nowhere else. Used by one
 * thread; {@link #cut} may be called on any other.
 */
final class WarmUpPort implements AutoCloseable {
    private static final int NAME_BYTES = 12;

    private final String host;
    private final String one = name();
    private final String other = name();
    private final ClientEdge edge;
    private final Channel server;
    private final Set<WarmUpClient> clients = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;

    WarmUpPort(StreamServices services, EventLoops loops, C2sSettings settings) {
        host = services.hosts().defaultDomain();
        edge = new ClientEdge(own(services), settings.withTlsRequired(false), Session.WARM_UP);
        server = new ServerBootstrap()
                .group(loops.group())
                .channel(loops.serverChannel())
                .childOption(ChannelOption.ALLOCATOR, loops.allocator())
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(edge.initializer(false))
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel();
    }

    /** Nobody can have it, and nobody can guess it: who says it is let in. */
    private static String name() {
        byte[] random = new byte[NAME_BYTES];
        new SecureRandom().nextBytes(random);
        return Session.WARM_UP + "-" + HexFormat.of().formatHex(random);
    }

    private StreamServices own(StreamServices services) {
        return new StreamServices(
                services.tls(),
                services.tlsServer(),
                new WarmUpSasl(services.sasl(), one, other),
                services.sessions(),
                services.iqs(),
                services.hosts(),
                services.features(),
                Optional::empty,
                services.permit(),
                rate -> new LoginAdmission(() -> 0, new LongAdder(), new LongAdder()));
    }

    /** One of the two users, logged in. */
    WarmUpClient one() throws IOException {
        return client(one);
    }

    WarmUpClient other() throws IOException {
        return client(other);
    }

    private WarmUpClient client(String name) throws IOException {
        clients.removeIf(WarmUpClient::isClosed);
        int port = ((InetSocketAddress) server.localAddress()).getPort();
        WarmUpClient client = new WarmUpClient(port, host, name);
        clients.add(client);
        if (cut) {
            client.cut();
        }
        try {
            client.logIn();
        } catch (IOException | RuntimeException e) {
            client.cut();
            throw e;
        }
        return client;
    }

    /** Whatever the clients wait for ends. */
    void cut() {
        cut = true;
        clients.forEach(WarmUpClient::cut);
    }

    @Override
    public void close() {
        server.close();
        edge.stop();
    }
}
