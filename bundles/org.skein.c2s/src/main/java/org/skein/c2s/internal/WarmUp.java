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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.skein.api.session.Session;
import org.skein.net.api.EventLoops;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Right after the start, while nobody else is there, the node logs in to itself as two users who exist nowhere else, and lets them
 * chat: so the methods clients run through are compiled before the crowd comes that a restart brings. Ends with the first
 * real clients, at the latest after some seconds. Blocks its thread; {@link #stop} may be called on any other.
 */
final class WarmUp implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(WarmUp.class);
    private static final int ROUNDS = 250;
    private static final int BATCHES = 300;
    private static final int BATCH = 50;
    private static final int SINGLES = 10_000;
    private static final int CONFIRM_EVERY = 50;
    private static final long AT_MOST_MS = 6000;
    private static final int NAME_BYTES = 12;

    private final StreamServices services;
    private final EventLoops loops;
    private final C2sSettings settings;
    private final BooleanSupplier disturbed;
    private final String one = name();
    private final String other = name();
    private final Set<WarmUpClient> clients = ConcurrentHashMap.newKeySet();
    private volatile boolean stopped;
    private long begun; // nanos

    /** @param disturbed true once there are others */
    WarmUp(StreamServices services, EventLoops loops, C2sSettings settings, BooleanSupplier disturbed) {
        this.services = services;
        this.loops = loops;
        this.settings = settings.withTlsRequired(false);
        this.disturbed = disturbed;
    }

    /** Nobody can have it, and nobody can guess it: who says it is let in. */
    private static String name() {
        byte[] random = new byte[NAME_BYTES];
        new SecureRandom().nextBytes(random);
        return "warm-up-" + HexFormat.of().formatHex(random);
    }

    void stop() {
        stopped = true;
        clients.forEach(WarmUpClient::cut);
    }

    @Override
    public void run() {
        begun = System.nanoTime();
        if (!goesOn()) {
            log.info("what=not_warmed_up");
            return;
        }
        ClientEdge edge = new ClientEdge(own(), settings, Session.WARM_UP);
        Channel server = null;
        try {
            server = listen(edge);
            int port = ((InetSocketAddress) server.localAddress()).getPort();
            int rounds = 0;
            while (rounds < ROUNDS && goesOn()) {
                logIns(port);
                rounds++;
            }
            if (goesOn()) {
                chat(port);
            }
            log.info("what=warmed_up logins={} took_ms={}", 2 * rounds, ms());
        } catch (IOException | RuntimeException e) {
            if (services.permit().mayLogIn() && !stopped) {
                log.warn(
                        "what=not_warmed_up effect=\"the first clients are served more slowly\" reason=\"{}\"",
                        e.toString());
            }
        } finally {
            if (server != null) {
                server.close();
            }
            edge.stop();
        }
    }

    private boolean goesOn() {
        return !stopped && !disturbed.getAsBoolean() && ms() < AT_MOST_MS;
    }

    private long ms() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    }

    private StreamServices own() {
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

    /** A socket like those for clients, which nobody is told of. */
    private Channel listen(ClientEdge edge) {
        return new ServerBootstrap()
                .group(loops.group())
                .channel(loops.serverChannel())
                .childOption(ChannelOption.ALLOCATOR, loops.allocator())
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(edge.initializer(false))
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel();
    }

    private void logIns(int port) throws IOException {
        try (WarmUpClient a = client(port, one);
                WarmUpClient b = client(port, other)) {
            a.logIn();
            b.logIn();
            for (int i = 0; i < 4; i++) {
                a.write(1, b.jid());
                b.awaitMessages(1).write(1, a.jid());
                a.awaitMessages(1);
            }
        }
    }

    private void chat(int port) throws IOException {
        try (WarmUpClient a = client(port, one);
                WarmUpClient b = client(port, other)) {
            a.logIn();
            b.logIn();
            for (int i = 0; i < BATCHES && goesOn(); i++) {
                a.write(BATCH, i % 2 == 0 ? b.jid() : b.bare());
                b.awaitMessages(BATCH).confirm();
            }
            // One at a time, as people write: each wakes an event loop, and what a wake runs through is half of what
            // such a message costs.
            for (int i = 0; i < SINGLES / CONFIRM_EVERY && goesOn(); i++) {
                for (int k = 0; k < CONFIRM_EVERY; k++) {
                    a.write(1, b.jid());
                    b.write(1, a.jid());
                    a.awaitMessages(1);
                    b.awaitMessages(1);
                }
                a.confirm();
                b.confirm();
            }
        }
    }

    private WarmUpClient client(int port, String name) throws IOException {
        clients.removeIf(WarmUpClient::isClosed);
        WarmUpClient client = new WarmUpClient(port, services.hosts().defaultDomain(), name);
        clients.add(client);
        if (stopped) {
            client.cut();
        }
        return client;
    }
}
