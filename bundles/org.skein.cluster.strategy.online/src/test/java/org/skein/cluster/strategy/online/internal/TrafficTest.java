package org.skein.cluster.strategy.online.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.skein.cluster.strategy.online.internal.Frame.Chunk;
import org.skein.cluster.strategy.online.internal.Frame.Digests;
import org.skein.cluster.strategy.online.internal.Frame.Hello;
import org.skein.cluster.strategy.online.internal.Frame.Told;
import org.skein.cluster.strategy.online.internal.Frame.Update;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;

/** What goes between nodes, and how much of it. */
class TrafficTest {
    private static final Jid ANNA = Jid.of("anna@localhost");

    private record Sent(VirtualNode to, Frame frame, int bytes) {
        private List<Chunk> chunks() {
            return frame instanceof Update u ? u.chunks() : List.of();
        }
    }

    private final VirtualCluster cluster = VirtualCluster.of(2);
    private final VirtualNode a = cluster.nodes.get(0);
    private final VirtualNode b = cluster.nodes.get(1);
    private final List<Sent> sent = new ArrayList<>();
    private long run; // of b

    @BeforeEach
    void tap() {
        cluster.tap = (to, frame) -> {
            sent.add(new Sent(to, Codec.readFrame(frame), frame.length));
            if (to == a && Codec.readFrame(frame) instanceof Hello h) run = h.run();
        };
    }

    private void beginBoth() {
        a.start();
        b.start();
        cluster.settle();
    }

    private void startBoth() {
        beginBoth();
        sent.clear();
    }

    private static Jid user(int i) {
        return Jid.of("user" + i + "@localhost/phone");
    }

    @Test
    void aHundredChangesAtOnceAreOneFrameToEachNode() {
        VirtualNode c = cluster.join();
        cluster.settle();
        c.start();
        startBoth();
        for (int i = 0; i < 50; i++) {
            b.bind(user(i));
            b.presence(user(i), Optional.of(ScheduleTest.status(user(i), i)));
        }
        cluster.settle();
        assertEquals(1, sent.stream().filter(s -> s.to == a).count());
        assertEquals(1, sent.stream().filter(s -> s.to == c).count());
        assertEquals(Set.of(b.id), a.located(user(7).bare()));
        assertTrue(b.sessions.values().stream().allMatch(s -> s.known.isDone()));
    }

    @Test
    void muchIsSentAtOnce() {
        startBoth();
        for (int i = 0; i < 3000; i++) b.bind(user(i));
        cluster.stall(Duration.ZERO);
        assertEquals(1, sent.size(), "32 KiB do not wait for 2 ms");
    }

    @Test
    void fiftyThousandUsersArriveInBatchesOf64KiB() {
        for (int i = 0; i < 50_000; i++) {
            b.bind(user(i));
            b.presence(user(i), Optional.of(ScheduleTest.status(user(i), i)));
        }
        beginBoth();
        assertTrue(a.isInUse());
        assertEquals(50_000, a.strategy.figures().get("users"));
        assertEquals(Set.of(b.id), a.located(user(49_999).bare()));
        long batches = sent.stream().filter(s -> !s.chunks().isEmpty()).count();
        int largest = sent.stream().mapToInt(Sent::bytes).max().orElse(0);
        int all = sent.stream().mapToInt(Sent::bytes).sum();
        System.out.println("50 000 users: " + batches + " batches, " + all + " bytes, the largest " + largest);
        assertTrue(largest <= 64 * 1024, "bytes " + largest);
        assertTrue(batches < 1.3 * all / (64 * 1024), "batches are hardly filled: " + batches);
    }

    /** One account with sessions that do not fit into a frame: a bucket is told in several. */
    @Test
    void aBucketMayBeLargerThanABatch() {
        for (int i = 0; i < 40; i++) {
            Jid full = ANNA.withResource("r" + i);
            b.bind(full);
            b.presence(
                    full,
                    Optional.of(ScheduleTest.status(full, 1).withAdded(Element.of("x", "urn:x", "y".repeat(10_000)))));
        }
        beginBoth();
        assertEquals(40, a.strategy.presences(ANNA).orElseThrow().known().size());
        assertTrue(sent.stream().allMatch(s -> s.bytes <= 64 * 1024));
        assertTrue(sent.stream().filter(s -> !s.chunks().isEmpty()).count() > 5);
    }

    @Test
    void nothingMoreIsSentToWhoCanTakeNoMore() {
        startBoth();
        b.full.add(a.id);
        for (int i = 0; i < 100; i++) {
            b.bind(user(i));
            cluster.stall(Duration.ofMillis(10));
        }
        assertEquals(0, sent.size());
        b.writable();
        assertEquals(1, sent.size());
        cluster.settle();
        assertEquals(Set.of(b.id), a.located(user(99).bare()));
    }

    @Test
    void oneFrameIsUnderWayAtATime() {
        startBoth();
        for (int i = 0; i < 100; i++) {
            b.bind(user(i));
            cluster.stall(Duration.ofMillis(10));
        }
        assertEquals(List.of(1), changes());
        cluster.settle();
        assertEquals(List.of(1, 99), changes());
    }

    /** How many were told in each frame. */
    private List<Integer> changes() {
        return sent.stream()
                .filter(s -> s.to == a)
                .map(s -> ((Update) s.frame).changes().size())
                .filter(n -> n > 0)
                .toList();
    }

    @Test
    void afterAnInterruptionOnlyWhatDiffersIsPulled() {
        for (int i = 0; i < 500; i++) b.bind(user(i));
        startBoth();
        long synced = a.strategy.figures().get("synced");
        a.strategy.called(b.id, new byte[] {1, 2, 3}); // it loses the thread
        assertEquals(Set.of(b.id), a.located(ANNA));
        b.unbind(user(3));
        b.bind(ANNA.withResource("new"));
        cluster.settle();
        List<Integer> pulled = new ArrayList<>();
        sent.forEach(s -> s.chunks().forEach(chunk -> pulled.add(chunk.bucket())));
        assertEquals(
                Set.of(Buckets.of(ANNA.toString()), Buckets.of(user(3).bare().toString())), Set.copyOf(pulled));
        assertTrue(a.strategy.figures().get("synced") - synced < 1000);
        assertEquals(Set.of(b.id), a.located(ANNA));
        assertEquals(Set.of(), a.located(user(3).bare()));
    }

    @Test
    void whatWentWrongIsFoundByTheNextRoundOfDigestsAndRepaired() {
        b.bind(user(1));
        b.bind(user(2));
        startBoth();
        forge(new Told(user(1), Optional.empty()), new Told(ANNA.withResource("x"), Optional.of(PresenceXml.NONE)));
        assertEquals(Set.of(), a.located(user(1).bare()));
        assertEquals(Set.of(b.id), a.located(ANNA));
        assertEquals(0, a.strategy.figures().get("repaired"));
        cluster.settle(Duration.ofSeconds(31));
        assertEquals(Set.of(b.id), a.located(user(1).bare()));
        assertEquals(Set.of(), a.located(ANNA));
        assertEquals(2, a.strategy.figures().get("repaired"));
        assertEquals(1, a.strategy.figures().get("users") - 1, "nobody else");
    }

    @Test
    void whileABucketIsRepairedItsOwnerIsIncludedForThatBucketOnly() {
        b.bind(user(1));
        startBoth();
        forge(new Told(user(1), Optional.empty()));
        for (int i = 0; a.located(user(1).bare()).isEmpty(); i++) {
            assertTrue(i < 10_000, "it is never found");
            if (!cluster.step()) cluster.tick();
        }
        assertEquals(0, a.strategy.figures().get("users"), "it is not known yet, but included");
        assertEquals(Set.of(), a.located(user(2).bare()));
        assertEquals(
                List.of(b.id),
                a.strategy.presences(user(1).bare()).orElseThrow().ask());
        cluster.settle();
        assertEquals(1, a.strategy.figures().get("users"));
        assertEquals(0, a.strategy.figures().get("not.in.step"));
    }

    @Test
    void aBucketToldInFullThatStillDiffersIsNotInStepUntilItIsComparedAgain() {
        b.bind(user(1));
        startBoth();
        int bucket = Buckets.of(user(1).bare().toString());
        long to = ((Update) lastOf()).to();
        Chunk wrong = new Chunk(bucket, Optional.empty(), List.of(), true, 12345);
        take(new Update(run, to, List.of(), List.of(wrong), Digests.NONE));
        assertEquals(Set.of(b.id), a.located(user(1).bare()));
        assertEquals(0, a.strategy.figures().get("users"));
        cluster.settle(Duration.ofSeconds(31));
        assertEquals(1, a.strategy.figures().get("users"));
        assertEquals(0, a.strategy.figures().get("not.in.step"));
    }

    /** Something B never said. */
    private void forge(Told... told) {
        long to = ((Update) lastOf()).to();
        take(new Update(run, to, List.of(told), List.of(), Digests.NONE));
    }

    private void take(Update forged) {
        a.strategy.called(b.id, Codec.write(forged)).toCompletableFuture().join();
    }

    private Frame lastOf() {
        b.bind(user(77));
        b.unbind(user(77));
        cluster.settle();
        return sent.get(sent.size() - 1).frame;
    }

    @Test
    void whatIsOfAnotherRunIsNotTaken() {
        startBoth();
        long to = ((Update) lastOf()).to();
        List<Told> told = List.of(new Told(ANNA.withResource("x"), Optional.of(PresenceXml.NONE)));
        for (Update u : List.of(
                new Update(run + 100, to, told, List.of(), Digests.NONE),
                new Update(run, to + 100, told, List.of(), Digests.NONE))) {
            byte[] answer = a.strategy
                    .called(b.id, Codec.write(u))
                    .toCompletableFuture()
                    .join();
            assertEquals(Frame.Answer.Kind.HELLO_FIRST, Codec.readAnswer(answer).kind());
            assertEquals(Set.of(), a.located(ANNA));
        }
    }
}
