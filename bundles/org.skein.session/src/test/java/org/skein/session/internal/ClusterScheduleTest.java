package org.skein.session.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.skein.api.session.AccountProcessor;
import org.skein.api.session.ClientProcessor;
import org.skein.api.session.Session;
import org.skein.api.session.Verdict;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeSet;
import org.skein.testkit.FakeClientStream;
import org.skein.testkit.ManualScheduler;
import org.skein.testkit.cluster.InMemoryCluster;
import org.skein.testkit.cluster.InMemoryNode;
import org.skein.testkit.storage.InMemoryAccounts;
import org.skein.testkit.storage.InMemorySpool;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/**
 * The same as {@link RandomScheduleTest} on three nodes: clients come back at any of them, nodes die and return. Whatever
 * was acknowledged reaches the user or its sender gets an error; in order, and once unless a node died.
 */
final class ClusterScheduleTest {
    private static final int STEPS = 400;

    /** {@code -Dseed=…} repeats one run. */
    @Test
    void nothingIsLostDoubledOrOvertaken() {
        Long only = Long.getLong("seed");
        long first = only != null ? only : 1;
        long last = only != null ? only : Integer.getInteger("schedules", 60);
        for (long seed = first; seed <= last; seed++) {
            try {
                new Run(seed).play();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }

    private static final class Run {
        final Random random;
        final ManualScheduler scheduler = new ManualScheduler();
        final ManualScheduler.Loop database = scheduler.loop();
        final InMemorySpool spool = new InMemorySpool(database);
        final InMemoryAccounts accounts =
                new InMemoryAccounts(database).with("a@localhost", "b@localhost", "c@localhost");
        final InMemoryCluster cluster = new InMemoryCluster(scheduler);
        final Harness[] nodes = new Harness[3];
        final InMemoryNode[] members = new InMemoryNode[3];
        final boolean crashes;
        final boolean exact; // a strategy that names just who holds the account, and sometimes has to ask
        final List<Device> devices = new ArrayList<>();
        final Map<String, Integer> sent = new HashMap<>(); // flow to count
        final Set<String> taken = new HashSet<>(); // ids the server took
        final Set<String> acked = new HashSet<>();
        final Map<Harness, List<String>> via = new HashMap<>(); // ids by the node that took them
        final Set<String> refused = new HashSet<>();
        final Set<String> mayRepeat = new HashSet<>();
        boolean chaos = true;

        Run(long seed) {
            random = new Random(seed);
            crashes = seed % 2 == 0;
            exact = seed % 3 == 0;
            for (int i = 0; i < nodes.length; i++) {
                start(i);
            }
            scheduler.runAll();
            devices.add(new Device("a@localhost/x", true));
            devices.add(new Device("b@localhost/x", true));
            devices.add(new Device("c@localhost/x", true));
            devices.add(new Device("c@localhost/y", false));
        }

        void play() {
            for (int i = 0; i < STEPS; i++) {
                step();
            }
            chaos = false;
            pass(Duration.ofSeconds(700)); // all that was lost for good is over
            for (Device d : devices) {
                d.settle();
            }
            for (int i = 0; i < 60; i++) {
                for (Device d : devices) {
                    d.confirm();
                }
                scheduler.runAll();
                pass(Duration.ofSeconds(1));
            }
            check();
        }

        private void start(int i) {
            members[i] = cluster.node("n" + i);
            InMemoryNode self = members[i];
            if (exact) self.strategy(account -> holders(self, account));
            Harness h = new Harness(scheduler, database, spool, accounts, members[i]);
            h.watcher = s -> {
                if (s.isMessage() && s.isError()) refused.add(s.id());
            };
            h.node.chains.client(List.of(new Harness.MiniPresence(), new SlowClient()));
            h.node.chains.account(List.of(new SlowAccount()));
            nodes[i] = h;
            cluster.join(members[i]);
        }

        private NodeSet holders(InMemoryNode asker, Jid account) {
            if (!chaos || random.nextInt(4) != 0) return NodeSet.of(holdersNow(asker, account));
            CompletableFuture<List<NodeId>> later = new CompletableFuture<>();
            database.execute(() -> later.complete(holdersNow(asker, account)));
            return NodeSet.later(later);
        }

        private List<NodeId> holdersNow(InMemoryNode asker, Jid account) {
            return Arrays.stream(members)
                    .filter(m -> m != asker && asker.view().contains(m.self()))
                    .filter(m ->
                            m.published().stream().anyMatch(full -> full.bare().equals(account)))
                    .map(InMemoryNode::self)
                    .toList();
        }

        private void crash() {
            int i = random.nextInt(nodes.length);
            cluster.crash(members[i]);
            nodes[i].die();
            for (Device d : devices) {
                if (d.h == nodes[i]) d.nodeDied();
            }
            // What a client has no answer for it would send again.
            via.getOrDefault(nodes[i], List.of()).stream()
                    .filter(id -> !acked.contains(id))
                    .forEach(taken::remove);
            if (random.nextBoolean()) pass(Duration.ofMillis(random.nextInt(3000)));
            start(i);
        }

        private void pass(Duration time) {
            scheduler.advance(time);
        }

        void step() {
            Device d = devices.get(random.nextInt(devices.size()));
            switch (random.nextInt(20)) {
                case 0, 1, 2, 3, 4, 5 -> d.send(devices.get(random.nextInt(devices.size())));
                case 6, 7 -> d.confirm();
                case 8 -> d.lose();
                case 9, 10 -> d.comeBack();
                case 11 -> d.presence();
                case 12 -> d.stall();
                case 15 -> {
                    if (crashes && random.nextInt(10) == 0) crash();
                }
                case 13 -> pass(Duration.ofMillis(random.nextInt(2500)));
                case 14 -> {
                    if (random.nextInt(20) == 0) pass(Duration.ofSeconds(301));
                }
                default -> {
                    for (int i = random.nextInt(12); i > 0; i--) {
                        if (!scheduler.runOne(random)) break;
                    }
                }
            }
        }

        private String state() {
            StringBuilder b = new StringBuilder();
            for (Harness h : nodes) {
                b.append("; ")
                        .append(h.cluster.self())
                        .append(h.cluster.view().ids())
                        .append(" out ")
                        .append(h.node.forwarding.outstanding())
                        .append(" gates ")
                        .append(h.node.gates)
                        .append(" writing ")
                        .append(h.node.offline.writing())
                        .append(h.node.registry.snapshot().stream()
                                .map(UserSession::describe)
                                .toList());
            }
            return b.toString();
        }

        void check() {
            Map<String, Set<String>> got = new HashMap<>();
            for (Device d : devices) {
                got.computeIfAbsent(d.jid.bare().toString(), k -> new HashSet<>())
                        .addAll(d.got);
            }
            for (String id : taken) {
                String to = id.split(">")[1].split("#")[0].split("/")[0];
                if (!refused.contains(id) && !got.get(to).contains(id)) {
                    fail("lost " + id + "; rows "
                            + spool.rows().stream()
                                    .map(r -> r.owner().local() + "@" + r.session() + "@"
                                            + r.number().origin() + "."
                                            + r.number().n())
                                    .toList()
                            + state());
                }
            }
            assertEquals(List.of(), spool.rows());
            for (Device d : devices) {
                d.checkOrder();
            }
        }

        /** Decides some stanzas late. */
        private Verdict sometimes() {
            if (!chaos || random.nextInt(8) != 0) return Verdict.next();
            CompletableFuture<Verdict> later = new CompletableFuture<>();
            database.execute(() -> later.complete(Verdict.next()));
            return Verdict.after(later);
        }

        private final class SlowClient implements ClientProcessor {
            @Override
            public int order() {
                return 500;
            }

            @Override
            public Set<Stanza.Kind> kinds() {
                return Set.of(Stanza.Kind.MESSAGE);
            }

            @Override
            public Verdict fromClient(Session session, Stanza stanza) {
                return sometimes();
            }
        }

        private final class SlowAccount implements AccountProcessor {
            @Override
            public int order() {
                return 500;
            }

            @Override
            public Set<Stanza.Kind> kinds() {
                return Set.of(Stanza.Kind.MESSAGE);
            }

            @Override
            public Verdict toAccount(Jid account, Stanza stanza) {
                return sometimes();
            }
        }

        private final class Device {
            final Jid jid;
            final boolean managed;
            final List<String> got = new ArrayList<>();
            final Set<String> late = new HashSet<>();
            Harness h = nodes[0];
            FakeClientStream stream;
            String resumeId = "";
            boolean enabled; // on this stream
            boolean announced;
            final List<String> sentHere = new ArrayList<>(); // since enabled; presence is ""
            int resumedAt;
            boolean stalled;
            int seen; // of the stream's stanzas
            int handled; // stanzas counted for h, over all streams of the session
            int confirmed; // the last h sent
            int countFrom; // stanzas of the stream before enabling
            List<String> unconfirmed = new ArrayList<>();

            Device(String jid, boolean managed) {
                this.jid = Jid.of(jid);
                this.managed = managed;
            }

            boolean isOn() {
                return stream != null && !stream.isClosed();
            }

            void nodeDied() {
                if (stream == null) return;
                look();
                acknowledged();
                stream = null;
                resumeId = "";
                mayRepeat.addAll(unconfirmed);
            }

            /** The last h the server answered on any stream of the session. */
            int acknowledged() {
                int h = resumedAt;
                for (Element a : stream.nonzas("a")) {
                    h = Math.max(h, Integer.parseInt(a.attribute("h", "0")));
                }
                for (Element r : stream.nonzas("resumed")) {
                    h = Math.max(h, Integer.parseInt(r.attribute("h", "0")));
                }
                resumedAt = h;
                for (int i = 0; enabled && i < Math.min(h, sentHere.size()); i++) {
                    acked.add(sentHere.get(i));
                }
                return h;
            }

            boolean isBound() {
                return isOn()
                        && h.node.registry.find(jid) != null
                        && h.node.registry.find(jid).isConnected();
            }

            void send(Device to) {
                if (!isBound() || to == this) return;
                boolean full = to.jid.local().equals("b") && random.nextBoolean();
                String flow = jid + ">" + (full ? to.jid : to.jid.bare());
                int n = sent.merge(flow, 1, Integer::sum);
                String id = flow + "#" + n;
                taken.add(id);
                sentHere.add(id);
                via.computeIfAbsent(h, node -> new ArrayList<>()).add(id);
                stream.receive(Stanza.message()
                        .type("chat")
                        .id(id)
                        .to(full ? to.jid : to.jid.bare())
                        .body(id)
                        .build());
            }

            /** Looks at what arrived: all of it if it can be sure to have it. */
            void look() {
                look(enabled ? Integer.MAX_VALUE : stream == null ? 0 : stream.taken());
            }

            /** What the socket confirmed it surely has. */
            void lookAtTaken() {
                if (stream != null) look(enabled ? Math.min(countFrom, stream.taken()) : stream.taken());
            }

            void look(int limit) {
                if (stream == null) return;
                acknowledged();
                List<Stanza> all = stream.stanzas();
                int upTo = Math.min(all.size(), limit);
                for (; seen < upTo; seen++) {
                    Stanza s = all.get(seen);
                    if (enabled && seen >= countFrom) handled++;
                    if (!s.isMessage()) continue;
                    if (!s.isError()) {
                        got.add(s.id());
                        if (s.hasChild("delay", "urn:xmpp:delay")) late.add(s.id());
                        if (enabled) unconfirmed.add(s.id());
                        if (enabled && seen < countFrom) mayRepeat.add(s.id()); // only the socket confirms it
                    }
                }
            }

            void confirm() {
                if (!isBound()) return;
                look();
                if (enabled && random.nextBoolean()) stream.receive(Harness.r());
                if (enabled && handled != confirmed) {
                    confirmed = handled;
                    unconfirmed.clear();
                    stream.receive(Harness.a(handled));
                }
            }

            void lose() {
                if (!isOn()) return;
                if (random.nextBoolean()) look();
                if (random.nextInt(4) == 0) {
                    stream.closeByClient();
                    resumeId = "";
                } else {
                    stream.lose();
                }
                lookAtTaken();
            }

            void comeBack() {
                if (isOn()) {
                    boolean refused = stream.lastStanza()
                            .filter(s -> s.isIq() && s.isError())
                            .isPresent();
                    if (refused && !isBound()) stream.bind(jid.resource());
                    else greet();
                    return;
                }
                lookAtTaken();
                h = nodes[random.nextInt(nodes.length)];
                while (!h.cluster.isServing()) scheduler.runOne(random);
                stream = h.stream(jid.bare().toString());
                seen = 0;
                enabled = false;
                stalled = false;
                if (!resumeId.isEmpty() && random.nextInt(3) != 0) {
                    stream.receive(Harness.resume(resumeId, handled));
                    scheduler.runAll();
                    if (!stream.nonzas("resumed").isEmpty()) {
                        enabled = true;
                        countFrom = 0;
                        confirmed = handled;
                        unconfirmed.clear();
                        return;
                    }
                    if (stream.nonzas("failed").isEmpty()) { // waits for what it sent to be safe
                        pass(Duration.ofSeconds(8));
                        if (!stream.nonzas("resumed").isEmpty()) {
                            enabled = true;
                            countFrom = 0;
                            confirmed = handled;
                            unconfirmed.clear();
                            return;
                        }
                    }
                }
                // The session of before is lost: what it had not confirmed may come again.
                mayRepeat.addAll(unconfirmed);
                unconfirmed.clear();
                resumeId = "";
                sentHere.clear();
                resumedAt = 0;
                announced = false;
                handled = 0;
                confirmed = 0;
                stream.bind(jid.resource());
            }

            /** Goes on with what a client does after login. */
            void greet() {
                if (!isBound()) return;
                look();
                if (managed && !enabled) {
                    mayRepeat.addAll(unconfirmed); // only the socket confirms those
                    unconfirmed.clear();
                    stream.receive(Harness.enable());
                    resumeId = stream.nonzas("enabled").get(0).attribute("id", "");
                    enabled = true;
                    sentHere.clear();
                    handled = 0;
                    confirmed = 0;
                    countFrom = stream.stanzas().size();
                }
                if (!announced) {
                    announced = true;
                    sentHere.add("");
                    stream.receive(Harness.presence(0));
                }
            }

            void presence() {
                if (!isBound()) return;
                sentHere.add("");
                stream.receive(announced ? Harness.unavailable() : Harness.presence(0));
                announced = !announced;
            }

            void stall() {
                if (!isOn() || managed) return;
                stalled = !stalled;
                stream.stall(stalled);
            }

            void settle() {
                for (int i = 0; i < 20 && !(isBound() && announced && (enabled || !managed)); i++) {
                    comeBack();
                    scheduler.runAll();
                }
                stream.stall(false);
                scheduler.runAll();
                assertTrue(isBound(), jid + " is not back; unanswered: " + h.unanswered);
            }

            void checkOrder() {
                Map<String, Integer> latest = new HashMap<>();
                Set<String> before = new HashSet<>();
                for (String id : got) {
                    String flow = id.substring(0, id.indexOf('#'));
                    int n = Integer.parseInt(id.substring(id.indexOf('#') + 1));
                    boolean repeated = !before.add(id);
                    // Two devices on two nodes that both kept it to themselves: the one given up hands its copy on.
                    boolean handedOn = jid.local().equals("c") && late.contains(id);
                    if (repeated && !handedOn && !mayRepeat.contains(id) && !refused.contains(id) && !crashes)
                        fail(jid + " got twice: " + id);
                    // Late is what one of two devices kept to itself until it was given up, and what a database that
                    // was
                    // away gives back, and what was stored for a resource that is bound again but not available yet. It
                    // says so by its stamp.
                    boolean exempt = (crashes || jid.local().equals("c") || flow.endsWith("/x")) && late.contains(id);
                    if (!repeated && !mayRepeat.contains(id) && !exempt) {
                        int last = latest.getOrDefault(flow, 0);
                        if (n < last) fail(jid + " got " + id + " after #" + last + ": " + got);
                        latest.put(flow, n);
                    }
                }
            }
        }
    }
}
