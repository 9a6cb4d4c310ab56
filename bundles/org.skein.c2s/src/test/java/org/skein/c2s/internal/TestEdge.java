package org.skein.c2s.internal;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.skein.api.auth.Sasl;
import org.skein.api.auth.SaslExchange;
import org.skein.api.auth.SaslResult;
import org.skein.api.auth.StreamSecurity;
import org.skein.api.component.IqDispatcher;
import org.skein.api.component.IqRequest;
import org.skein.api.component.VirtualHosts;
import org.skein.api.session.ClientStream;
import org.skein.api.session.SessionManager;
import org.skein.api.session.StreamFeatures;
import org.skein.api.session.StreamHandler;
import org.skein.api.session.StreamRedirect;
import org.skein.cluster.api.Cluster;
import org.skein.net.api.ListenException;
import org.skein.net.internal.BoundListeners;
import org.skein.net.internal.NettyEventLoops;
import org.skein.net.internal.tls.ServerTls;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Ns;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StanzaError;

/** A client edge on real sockets, with a session manager that echoes and a PLAIN that knows one password. */
final class TestEdge implements AutoCloseable {
    final NettyEventLoops loops = new NettyEventLoops(1);
    final ServerTls tls;
    final ClientEdge edge;
    final BoundListeners listeners;
    final Set<String> hosts = new CopyOnWriteArraySet<>(List.of("localhost", "other.example"));
    final EchoSessions sessions = new EchoSessions();
    final List<StreamFeatures> features = new CopyOnWriteArrayList<>();
    volatile Cluster cluster; // null: alone
    volatile Optional<StreamRedirect> redirect = Optional.empty();
    volatile CompletableFuture<SaslResult> delayedLogin;
    final int port;
    final int tlsPort;

    TestEdge(Path base, C2sSettings settings) throws ListenException {
        this(base, settings, "auto");
    }

    TestEdge(Path base, C2sSettings settings, String engine) throws ListenException {
        this(base, settings, engine, rate -> new LoginAdmission(rate, new LongAdder(), new LongAdder()));
    }

    TestEdge(Path base, C2sSettings settings, String engine, Function<LongSupplier, LoginAdmission> admission)
            throws ListenException {
        tls = new ServerTls(engine, new String[0], new String[0], base, () -> hosts, Clock.systemUTC(), 50);
        edge = new ClientEdge(
                new StreamServices(
                        tls,
                        tls.server(ClientEdge.alpn()),
                        new OnePassword(),
                        sessions,
                        new Registration(),
                        new Hosts(hosts),
                        () -> features,
                        () -> redirect,
                        new Permit(() -> cluster, () -> false),
                        admission),
                settings);
        listeners = new BoundListeners(List.of("127.0.0.1"), 0, 0, loops, (info, name) -> () -> {});
        edge.listen(listeners);
        port = edge.listeners().get(0).addresses().get(0).getPort();
        tlsPort = edge.listeners().get(1).addresses().get(0).getPort();
    }

    @Override
    public void close() {
        edge.stop();
        tls.stop();
        loops.stop();
        if (!loops.group().terminationFuture().awaitUninterruptibly(10, TimeUnit.SECONDS)) {
            throw new IllegalStateException("event loops still run");
        }
    }

    private record Hosts(Set<String> domains) implements VirtualHosts {
        @Override
        public String defaultDomain() {
            return "localhost";
        }

        @Override
        public boolean isAdmin(Jid account) {
            return false;
        }
    }

    /** PLAIN inside TLS (and outside, for tests of that), any user, password "secret"; STEPS asks twice. */
    private final class OnePassword implements Sasl {
        @Override
        public List<String> mechanisms(String host, StreamSecurity security) {
            return security.isEncrypted() ? List.of("SCRAM-SHA-256-PLUS", "STEPS", "PLAIN") : List.of("STEPS");
        }

        @Override
        public Optional<SaslExchange> start(String mechanism, String host, StreamSecurity security) {
            return switch (mechanism) {
                case "PLAIN" -> security.isEncrypted() ? Optional.of(data -> plain(host, data)) : Optional.empty();
                case "STEPS" -> Optional.of(new Steps(host));
                default -> Optional.empty();
            };
        }

        private CompletionStage<SaslResult> plain(String host, byte[] data) {
            CompletableFuture<SaslResult> later = delayedLogin;
            if (later != null) {
                return later;
            }
            String[] parts = new String(data, StandardCharsets.UTF_8).split("\0", -1);
            return CompletableFuture.completedFuture(
                    parts.length == 3 && parts[2].equals("secret")
                            ? new SaslResult.Success(Jid.of(parts[1] + "@" + host), new byte[0])
                            : new SaslResult.Failure("not-authorized", ""));
        }
    }

    private static final class Steps implements SaslExchange {
        private final String host;
        private int step;

        private Steps(String host) {
            this.host = host;
        }

        @Override
        public CompletionStage<SaslResult> respond(byte[] data) {
            SaslResult result = ++step < 3
                    ? new SaslResult.Challenge(("step" + step + ":" + data.length).getBytes(StandardCharsets.UTF_8))
                    : new SaslResult.Success(Jid.of("steps@" + host), "done".getBytes(StandardCharsets.UTF_8));
            return CompletableFuture.supplyAsync(() -> result); // on some other thread
        }
    }

    private static final class Registration implements IqDispatcher {
        @Override
        public CompletionStage<Stanza> dispatch(IqRequest request) {
            return CompletableFuture.completedFuture(
                    request.stanza().hasPayloadIn("jabber:iq:register")
                            ? request.stanza().result().build()
                            : request.stanza().error(StanzaError.Condition.SERVICE_UNAVAILABLE.error()));
        }
    }

    /** Writes every stanza back and notes everything. */
    static final class EchoSessions implements SessionManager {
        final BlockingQueue<String> events = new LinkedBlockingQueue<>();
        final LongAdder stanzas = new LongAdder();
        final List<ClientStream> streams = new CopyOnWriteArrayList<>();

        @Override
        public StreamHandler open(ClientStream stream, Jid account) {
            streams.add(stream);
            events.add("open " + account + " " + stream.transport());
            return new Echo(stream, events, stanzas);
        }

        @Override
        public Element features(String host) {
            return Element.builder("features", Ns.STREAMS)
                    .child(Element.of("bind", Ns.BIND))
                    .build();
        }

        String next() throws InterruptedException {
            String event = events.poll(20, TimeUnit.SECONDS);
            if (event == null) {
                throw new AssertionError("nothing happened");
            }
            return event;
        }

        /** Waits for an event, and answers those before it. */
        List<String> until(String event) throws InterruptedException {
            List<String> before = new ArrayList<>();
            for (String e = next(); !e.equals(event); e = next()) {
                before.add(e);
            }
            return before;
        }
    }

    private record Echo(ClientStream stream, BlockingQueue<String> events, LongAdder stanzas) implements StreamHandler {
        @Override
        public void stanza(Stanza stanza) {
            stanzas.increment();
            if (stanza.body().equals("fail")) {
                throw new IllegalStateException("asked to");
            }
            stream.write(stanza);
        }

        @Override
        public void nonza(Element element) {
            stream.write(element);
        }

        @Override
        public void malformedAddress(Element raw) {
            events.add("malformed " + raw.name());
        }

        @Override
        public void readComplete() {}

        @Override
        public void taken(int stanzas) {
            events.add("taken " + stanzas);
        }

        @Override
        public void closed(boolean orderly) {
            events.add("closed " + orderly);
        }
    }
}
