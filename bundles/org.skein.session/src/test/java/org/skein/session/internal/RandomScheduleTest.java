package org.skein.session.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.time.Duration;
import java.util.ArrayList;
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
import org.skein.testkit.FakeClientStream;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/**
 * Clients that send, confirm, lose their streams, resume, come and go, in a random order of events on loops that run in a
 * random order. Whatever the server took reaches the user once and in order, or its sender gets an error.
 */
final class RandomScheduleTest {
    private static final int STEPS = 400;

    /** {@code -Dseed=…} repeats one run. */
    @Test
    void nothingIsLostDoubledOrOvertaken() {
        Long only = Long.getLong("seed");
        long first = only != null ? only : 1;
        long last = only != null ? only : 100;
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
        final Harness h = new Harness();
        final List<Device> devices = new ArrayList<>();
        final Map<String, Integer> sent = new HashMap<>(); // flow to count
        final Set<String> taken = new HashSet<>(); // ids the server took
        final Set<String> refused = new HashSet<>();
        final Set<String> mayRepeat = new HashSet<>();
        final boolean outages; // of the database
        boolean chaos = true;

        Run(long seed) {
            random = new Random(seed);
            outages = seed % 2 == 0;
            h.watcher = s -> {
                if (s.isMessage() && s.isError()) refused.add(s.id());
            };
            h.node.chains.client(List.of(new Harness.MiniPresence(), new SlowClient()));
            h.node.chains.account(List.of(new SlowAccount()));
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
            h.spool.down(false);
            h.pass(Duration.ofSeconds(700)); // all that was lost for good is over
            for (Device d : devices) {
                d.settle();
            }
            for (int i = 0; i < 60; i++) {
                for (Device d : devices) {
                    d.confirm();
                }
                h.run();
                h.pass(Duration.ofSeconds(1));
            }
            check();
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
                case 13 -> h.pass(Duration.ofMillis(random.nextInt(2500)));
                case 14 -> {
                    if (random.nextInt(20) == 0) h.pass(Duration.ofSeconds(301));
                    if (outages && random.nextInt(10) == 0) h.spool.down(random.nextInt(3) == 0);
                }
                default -> {
                    for (int i = random.nextInt(12); i > 0; i--) {
                        if (!h.scheduler.runOne(random)) break;
                    }
                }
            }
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
                    fail("lost " + id + "; rows " + h.spool.rows());
                }
            }
            assertEquals(List.of(), h.spool.rows());
            for (Device d : devices) {
                d.checkOrder();
            }
        }

        /** Decides some stanzas late. */
        private Verdict sometimes() {
            if (!chaos || random.nextInt(8) != 0) return Verdict.next();
            CompletableFuture<Verdict> later = new CompletableFuture<>();
            h.storage.execute(() -> later.complete(Verdict.next()));
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
            FakeClientStream stream;
            String resumeId = "";
            boolean enabled; // on this stream
            boolean announced;
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
                stream = h.stream(jid.bare().toString());
                seen = 0;
                enabled = false;
                stalled = false;
                if (!resumeId.isEmpty() && random.nextInt(3) != 0) {
                    stream.receive(Harness.resume(resumeId, handled));
                    h.run();
                    if (!stream.nonzas("resumed").isEmpty()) {
                        enabled = true;
                        countFrom = 0;
                        confirmed = handled;
                        unconfirmed.clear();
                        return;
                    }
                    if (stream.nonzas("failed").isEmpty()) { // waits for what it sent to be safe
                        h.pass(Duration.ofSeconds(8));
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
                    handled = 0;
                    confirmed = 0;
                    countFrom = stream.stanzas().size();
                }
                if (!announced) {
                    announced = true;
                    stream.receive(Harness.presence(0));
                }
            }

            void presence() {
                if (!isBound()) return;
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
                    h.run();
                }
                stream.stall(false);
                h.run();
                assertTrue(isBound(), jid + " is not back; unanswered: " + h.unanswered);
            }

            void checkOrder() {
                Map<String, Integer> latest = new HashMap<>();
                Set<String> before = new HashSet<>();
                for (String id : got) {
                    String flow = id.substring(0, id.indexOf('#'));
                    int n = Integer.parseInt(id.substring(id.indexOf('#') + 1));
                    boolean repeated = !before.add(id);
                    if (repeated && !mayRepeat.contains(id) && !refused.contains(id)) fail(jid + " got twice: " + id);
                    // Late is what one of two devices kept to itself until it was given up, and what a database that
                    // was
                    // away gives back, and what was stored for a resource that is bound again but not available yet. It
                    // says so by its stamp.
                    boolean exempt = (outages || jid.local().equals("c") || flow.endsWith("/x")) && late.contains(id);
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
