package org.skein.session.internal;

import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.skein.api.auth.StreamSecurity;
import org.skein.api.component.DeliveryListener;
import org.skein.api.component.IqDispatcher;
import org.skein.api.component.IqRequest;
import org.skein.api.component.Router;
import org.skein.api.component.VirtualHosts;
import org.skein.api.session.ClientStream;
import org.skein.api.session.StreamHandler;
import org.skein.cluster.api.Cluster;
import org.skein.testkit.ManualScheduler;
import org.skein.testkit.cluster.InMemoryCluster;
import org.skein.testkit.storage.InMemoryStorage;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Ns;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StreamError;
import org.skein.xmpp.XmlBuffer;
import org.skein.xmpp.stream.ElementParser;

/**
 * One chat message from a sender's stream to a recipient's: checked, stamped, delivered, encoded, confirmed. Sockets and
 * processors are left out; all runs on one loop.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RoutingBenchmark implements Router, IqDispatcher, VirtualHosts {
    private static final byte[] CHAT = ("<message to='b@localhost' type='chat' id='a1'><body>" + "x".repeat(100)
                    + "</body></message>")
            .getBytes(StandardCharsets.UTF_8);

    @Param({"b@localhost", "b@localhost/r"})
    public String to;

    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private SessionService service;
    private Stream sender;
    private Stream recipient;
    private Stanza message;

    @Setup
    public void login() {
        InMemoryStorage storage = new InMemoryStorage();
        ManualScheduler scheduler = new ManualScheduler();
        Cluster cluster = new InMemoryCluster(scheduler).join("lone");
        scheduler.runAll();
        ServerNode node = new ServerNode(
                this,
                this,
                this,
                storage::spool,
                storage::accounts,
                () -> cluster,
                Clock.systemUTC(),
                System::nanoTime,
                (task, delay) -> () -> {});
        service = new SessionService(node);
        storage.accounts().create(Jid.of("a@localhost"), List.of());
        storage.accounts().create(Jid.of("b@localhost"), List.of());
        sender = new Stream("a@localhost");
        recipient = new Stream("b@localhost");
        message = ElementParser.parseStanza(CHAT).withTo(Jid.of(to));
    }

    /** @return what the recipient's stream was given so far, so that nothing can be left out */
    @Benchmark
    public long chat() {
        sender.handler.stanza(message);
        sender.handler.readComplete();
        runTasks();
        recipient.take();
        return recipient.bytes;
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    @Override
    public void route(Stanza stanza, DeliveryListener listener) {
        service.deliver(stanza, listener);
    }

    @Override
    public CompletionStage<Stanza> dispatch(IqRequest request) {
        return CompletableFuture.completedFuture(request.stanza().result().build());
    }

    @Override
    public Set<String> domains() {
        return Set.of("localhost");
    }

    @Override
    public String defaultDomain() {
        return "localhost";
    }

    @Override
    public boolean isAdmin(Jid account) {
        return false;
    }

    /** A bound, available client whose socket takes all it is given. */
    private final class Stream implements ClientStream {
        private final XmlBuffer xml = new XmlBuffer(4096);
        private final StreamHandler handler;
        private long bytes;
        private int written;

        Stream(String account) {
            handler = service.open(this, Jid.of(account));
            handler.stanza(Stanza.iq()
                    .type("set")
                    .id("bind")
                    .add(Element.builder("bind", Ns.BIND).child("resource", "r").build())
                    .build());
            runTasks();
            service.session(Jid.of(account + "/r"))
                    .orElseThrow()
                    .presence(Optional.of(Stanza.presence().build()));
            runTasks();
            take();
        }

        void take() {
            int taken = written;
            written = 0;
            handler.taken(taken);
        }

        @Override
        public String id() {
            return "s";
        }

        @Override
        public String transport() {
            return "c2s";
        }

        @Override
        public Optional<SocketAddress> remoteAddress() {
            return Optional.empty();
        }

        @Override
        public StreamSecurity security() {
            throw new UnsupportedOperationException("not asked for here");
        }

        @Override
        public boolean inEventLoop() {
            return true;
        }

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
        }

        @Override
        public AutoCloseable schedule(Runnable task, Duration delay) {
            return () -> {};
        }

        @Override
        public void write(Stanza stanza) {
            stanza.writeTo(xml.clear());
            bytes += xml.length();
            written++;
        }

        @Override
        public void write(Element nonza) {
            bytes++;
        }

        @Override
        public long pendingBytes() {
            return 0;
        }

        @Override
        public void reading(boolean on) {}

        @Override
        public void close(Optional<StreamError> error) {
            throw new IllegalStateException("stream closed: " + error);
        }
    }
}
