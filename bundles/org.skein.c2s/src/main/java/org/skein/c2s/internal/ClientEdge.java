package org.skein.c2s.internal;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.skein.net.api.ListenException;
import org.skein.net.api.Listeners;
import org.skein.xmpp.StreamError;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The listeners for clients over TCP, and all their connections. */
final class ClientEdge {
    private static final Logger log = LoggerFactory.getLogger(ClientEdge.class);
    private static final List<String> ALPN = List.of("xmpp-client");
    private static final long STOP_WITHIN_MS = 2500;
    private static final int ID_BYTES = 12;

    private final String transport;
    private final StreamServices services;
    private final Map<EventLoop, StreamLoop> loops = new ConcurrentHashMap<>();
    private final List<Listeners.Listener> open = new ArrayList<>();
    private final SecureRandom random = new SecureRandom();
    private final AtomicInteger connections = new AtomicInteger();
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private final LoginAdmission admission;
    private volatile C2sSettings settings;
    private volatile boolean stopping;

    ClientEdge(StreamServices services, C2sSettings settings) {
        this(services, settings, "c2s");
    }

    /** @param transport see {@link org.skein.api.session.ClientStream#transport} */
    ClientEdge(StreamServices services, C2sSettings settings, String transport) {
        this.transport = transport;
        this.services = services;
        this.settings = settings;
        this.admission = services.admission().apply(() -> this.settings.loginsPerSecond());
    }

    static List<String> alpn() {
        return ALPN;
    }

    /** Opens both ports, or none. */
    synchronized void listen(Listeners listeners) throws ListenException {
        try {
            if (settings.port() >= 0) {
                open.add(listeners.open(
                        new Listeners.Request("c2s", "c2s-port", settings.port(), settings.tuning(), true),
                        new Initializer(false)));
            }
            if (settings.tlsPort() >= 0) {
                open.add(listeners.open(
                        new Listeners.Request("c2s-tls", "c2s-tls-port", settings.tlsPort(), settings.tuning(), true),
                        new Initializer(true)));
            }
        } catch (ListenException e) {
            closeListeners();
            throw e;
        }
    }

    private void closeListeners() {
        open.forEach(Listeners.Listener::close);
        open.clear();
    }

    /** For {@link #listen}, which is still to come. */
    synchronized void prepare(C2sSettings changed) {
        settings = changed;
    }

    /** Streams keep running; ports are opened anew only if they changed. */
    synchronized void change(C2sSettings changed, Listeners listeners) throws ListenException {
        C2sSettings before = settings;
        settings = changed;
        if (before.port() != changed.port()
                || before.tlsPort() != changed.tlsPort()
                || !before.tuning().equals(changed.tuning())) {
            closeListeners();
            listen(listeners);
        }
    }

    C2sSettings settings() {
        return settings;
    }

    synchronized List<Listeners.Listener> listeners() {
        return List.copyOf(open);
    }

    /** Stops listening, tells all clients, and waits until they are gone, but not for long. */
    synchronized void stop() {
        closeListeners();
        stopping = true;
        StreamError error = StreamError.Condition.SYSTEM_SHUTDOWN.error();
        for (StreamLoop loop : loops.values()) {
            try {
                loop.eventLoop().execute(() -> loop.closeAll(error));
            } catch (RejectedExecutionException e) {
                log.trace("what=event_loop_stopped", e); // and its connections with it
            }
        }
        if (connections.get() == 0) {
            drained.complete(null);
        }
        try {
            drained.get(STOP_WITHIN_MS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            log.warn("what=streams_cut count={}", connections.get());
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    LoginAdmission admission() {
        return admission;
    }

    String transport() {
        return transport;
    }

    StreamServices services() {
        return services;
    }

    StreamLoop loop(EventLoop eventLoop) {
        return loops.computeIfAbsent(
                eventLoop, l -> new StreamLoop(l, services.permit(), settings.whitespacePingSeconds()));
    }

    /** Unpredictable and unique (RFC 6120 §4.7.3). */
    String newStreamId() {
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        return HexFormat.of().formatHex(id);
    }

    void opened() {
        connections.incrementAndGet();
    }

    void closed() {
        if (connections.decrementAndGet() == 0 && stopping) {
            drained.complete(null);
        }
    }

    int connections() {
        return connections.get();
    }

    /** For tests that bring their own channel. */
    ChannelHandler initializer(boolean directTls) {
        return new Initializer(directTls);
    }

    @ChannelHandler.Sharable
    private final class Initializer extends ChannelInitializer<Channel> {
        private final boolean directTls;

        private Initializer(boolean directTls) {
            this.directTls = directTls;
        }

        @Override
        protected void initChannel(Channel channel) {
            // Else the last answers to a client that has said all it will are lost with the connection.
            channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
            ChannelPipeline pipeline = channel.pipeline();
            if (directTls) {
                pipeline.addLast(
                        "tls",
                        services.tlsServer()
                                .handler(() -> services.hosts().defaultDomain(), settings.loginTimeoutMs()));
            }
            ClientConnection connection = new ClientConnection(ClientEdge.this);
            pipeline.addLast("stream", connection);
            if (directTls) {
                connection.beginWithTls();
            }
        }
    }
}
