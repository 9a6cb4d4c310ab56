package org.skein.bench;

import java.lang.management.ManagementFactory;
import java.lang.reflect.Constructor;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.skein.cluster.api.ClusterListener;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeSet;
import org.skein.cluster.api.PeerHandler;
import org.skein.cluster.api.View;
import org.skein.cluster.api.strategy.ClusteringStrategy;
import org.skein.cluster.core.internal.routing.Clockwork;
import org.skein.cluster.core.internal.routing.Routing;
import org.skein.testkit.ManualScheduler;
import org.skein.testkit.cluster.InMemoryCluster;
import org.skein.testkit.cluster.InMemoryNode;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Ns;
import org.skein.xmpp.Stanza;

/**
 * A crowd of sessions on several nodes in one process, under each strategy, with the classes that ship: memory of a node,
 * frames and bytes, what a look-up names, and how long a joining node takes to be in step. Prints a Markdown table.
 *
 * <pre>{@code java -cp … org.skein.bench.Crowd [USERS [NODES…]]}</pre>
 */
public final class Crowd {
    private static final Map<String, String> CLASSES = Map.of(
            "broadcast", "org.skein.cluster.strategy.broadcast.internal.BroadcastStrategy",
            "online", "org.skein.cluster.strategy.online.internal.OnlineStrategy",
            "directory", "org.skein.cluster.strategy.directory.internal.DirectoryStrategy");
    private static final int LOOK_UPS = 20_000;
    private static final int BATCH = 500;

    private final ManualScheduler time = new ManualScheduler();
    private final InMemoryCluster cluster = new InMemoryCluster(time);
    private final Random random = new Random(1);
    private final List<InMemoryNode> nodes = new ArrayList<>();
    private final List<Routing> routings = new ArrayList<>();
    private final String strategy;
    private long frames;
    private long bytes;

    private Crowd(String strategy) {
        this.strategy = strategy;
    }

    public static void main(String[] args) throws Exception {
        int users = args.length > 0 ? Integer.parseInt(args[0]) : 50_000;
        List<Integer> sizes = args.length > 1
                ? List.of(args).subList(1, args.length).stream()
                        .map(Integer::valueOf)
                        .toList()
                : List.of(2, 4, 8);
        System.out.println(
                "| strategy | nodes | users | heap a node, MiB | frames a login | bytes a login | frames a message, cold"
                        + " | warm | a joiner is in step after: frames | MiB | CPU ms |");
        System.out.println("|---|---|---|---|---|---|---|---|---|---|---|");
        for (String name : List.of("broadcast", "online", "directory")) {
            for (int n : sizes) new Crowd(name).measure(n, users);
        }
    }

    private void measure(int n, int users) throws Exception {
        for (int i = 0; i < n; i++) start();
        long before = heap();
        frames = bytes = 0;
        List<Jid> accounts = new ArrayList<>();
        for (int i = 0; i < users; i++) {
            Jid full = Jid.of("user" + i + "@example.org/phone");
            accounts.add(full.bare());
            Routing at = routings.get(i % n);
            at.bound(full);
            at.presence(full, Optional.of(presence(full)));
            if (i % BATCH == 0) settle();
        }
        settle();
        double loginFrames = (double) frames / users;
        double loginBytes = (double) bytes / users;
        double heap = (heap() - before - held(accounts)) / 1048576.0 / n;
        double cold = lookUps(accounts, n);
        double warm = lookUps(accounts, n);
        frames = bytes = 0;
        long cpu = cpu();
        start();
        System.out.printf(
                "| %s | %d | %d | %.1f | %.2f | %.0f | %.2f | %.2f | %d | %.2f | %d |%n",
                strategy,
                n,
                users,
                heap,
                loginFrames,
                loginBytes,
                cold,
                warm,
                frames,
                bytes / 1048576.0,
                (cpu() - cpu) / 1_000_000);
    }

    /** Of a fixed set of pairs: who writes and to whom. */
    private double lookUps(List<Jid> accounts, int n) {
        random.setSeed(7);
        frames = 0;
        long[] named = {0};
        for (int i = 0; i < LOOK_UPS; i++) {
            NodeSet nodesOf = routings.get(random.nextInt(n))
                    .locate(accounts.get(random.nextInt(Math.min(accounts.size(), 5000))));
            nodesOf.then(ids -> named[0] += ids.size(), failure -> {
                throw new IllegalStateException(failure);
            });
            if (i % BATCH == 0) settle();
        }
        settle();
        return (double) (named[0] + frames) / LOOK_UPS; // questions and answers count too
    }

    private static Stanza presence(Jid full) {
        return Stanza.presence()
                .from(full)
                .add(Element.builder("c", "http://jabber.org/protocol/caps")
                        .attribute("hash", "sha-1")
                        .attribute("node", "https://example.org/client")
                        .attribute("ver", "QgayPKawpkPSDYmwT/WM94uAlu0=")
                        .build())
                .add(Element.builder("status", Ns.CLIENT).text("at work").build())
                .build();
    }

    private void start() throws Exception {
        InMemoryNode node = cluster.node("n" + nodes.size());
        Routing routing = new Routing(node.self(), node, new Time(), new LongAdder());
        PeerHandler handler = routing.handler();
        node.handler(Routing.CHANNEL, new PeerHandler() {
            @Override
            public void received(NodeId from, int lane, byte[] payload) {
                count(payload);
                handler.received(from, lane, payload);
            }

            @Override
            public java.util.concurrent.CompletionStage<byte[]> called(NodeId from, byte[] request) {
                count(request);
                return handler.called(from, request).whenComplete((answer, failure) -> {
                    if (answer != null) count(answer);
                });
            }
        });
        node.listener(new ClusterListener() {
            @Override
            public void changed(View now, Set<NodeId> left, Set<NodeId> joined) {
                routing.change(now);
                routing.announce();
            }
        });
        cluster.join(node);
        nodes.add(node);
        routings.add(routing);
        settle();
        routing.use(strategy, 1, make(), reason -> {
            throw new IllegalStateException(reason);
        });
        for (int i = 0; i < 200 && !isInStep(); i++) time.advance(Duration.ofMillis(50));
        if (!isInStep()) throw new IllegalStateException("not in step");
    }

    private boolean isInStep() {
        return routings.stream()
                        .allMatch(r -> r.current().equals(Optional.of(strategy))
                                && r.unknown().isEmpty())
                && routings.stream().allMatch(r -> r.figures(strategy).getOrDefault("not.in.step", 0L) == 0);
    }

    private void count(byte[] message) {
        frames++;
        bytes += message.length;
    }

    private void settle() {
        for (int i = 0; i < 5; i++) time.advance(Duration.ofMillis(20));
    }

    private ClusteringStrategy make() throws Exception {
        Constructor<?> found = null;
        for (Constructor<?> c : Class.forName(CLASSES.get(strategy)).getConstructors()) found = c;
        if (found == null) throw new IllegalStateException(strategy);
        Object[] arguments = new Object[found.getParameterCount()];
        for (int i = 0; i < arguments.length; i++) arguments[i] = defaults(found.getParameterTypes()[i]);
        return (ClusteringStrategy) found.newInstance(arguments);
    }

    private static Object defaults(Class<?> annotation) {
        return Proxy.newProxyInstance(
                annotation.getClassLoader(), new Class<?>[] {annotation}, (p, method, a) -> method.getDefaultValue());
    }

    private static long heap() {
        for (int i = 0; i < 3; i++) System.gc();
        Runtime r = Runtime.getRuntime();
        return r.totalMemory() - r.freeMemory();
    }

    /** What the sessions themselves take here: their addresses and presences, which a node has anyway. */
    private static long held(List<Jid> accounts) {
        long before = heap();
        List<Object> copies = new ArrayList<>();
        for (int i = 0; i < accounts.size(); i++) {
            Jid full = Jid.of("copy" + i + "@example.org/phone");
            copies.add(full.bare());
            copies.add(Map.entry(full, Optional.of(presence(full))));
        }
        long taken = heap() - before;
        return copies.isEmpty() ? 0 : taken;
    }

    private static long cpu() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private final class Time implements Clockwork {
        private final ManualScheduler.Loop timer = time.loop();

        @Override
        public Pending after(Duration delay, Runnable task) {
            AutoCloseable due = timer.schedule(task, delay);
            return () -> {
                try {
                    due.close();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            };
        }

        @Override
        public Worker worker(String name) {
            ManualScheduler.Loop loop = time.loop();
            return new Worker() {
                @Override
                public void execute(Runnable task) {
                    loop.execute(task);
                }

                @Override
                public void end() {
                    // what is left may run
                }

                @Override
                public void interrupt() {
                    loop.stop();
                }
            };
        }
    }
}
