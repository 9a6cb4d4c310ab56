package org.skein.itests.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.skein.itests.support.Await;
import org.skein.itests.support.ClusterNodes;
import org.skein.itests.support.ServerProcess;
import org.skein.itests.support.StanzaClient;

/**
 * Pairs who write to each other across nodes while something happens, and the reckoning: nothing that was acknowledged
 * is lost (P1), and each one's messages came in the order written (P2). The seed is part of every failure.
 */
final class Correspondence implements AutoCloseable {
    private final List<Correspondent> people = new ArrayList<>();
    private final long seed;

    private Correspondence(long seed) {
        this.seed = seed;
    }

    /** The partners of a pair begin on different nodes; who has to connect again takes the next node that runs. */
    static Correspondence start(ClusterNodes nodes, int pairs) throws IOException {
        return start(
                nodes,
                pairs,
                Long.getLong("skein.tests.seed", ThreadLocalRandom.current().nextInt(1 << 20)));
    }

    static Correspondence start(ClusterNodes nodes, int pairs, long seed) throws IOException {
        Correspondence all = new Correspondence(seed);
        for (int i = 0; i < pairs; i++) {
            ServerProcess first = nodes.running().get(0);
            String one = StanzaClient.register(first);
            String two = StanzaClient.register(first);
            all.add(nodes, one, two, i);
            all.add(nodes, two, one, i + 1);
        }
        all.people.forEach(Correspondent::start);
        Await.until("all are online", () -> all.people.stream().allMatch(Correspondent::isOnline));
        all.people.forEach(p -> p.write(true));
        return all;
    }

    private void add(ClusterNodes nodes, String name, String partner, int firstNode) {
        AtomicInteger turn = new AtomicInteger(firstNode);
        people.add(new Correspondent(
                name,
                partner + "@localhost",
                () -> {
                    List<Integer> open = nodes.running().stream()
                            .map(node -> node.ports().get("c2s"))
                            .filter(Objects::nonNull) // it starts or stops
                            .toList();
                    if (open.isEmpty()) throw new ConnectException("no node listens");
                    return open.get(turn.getAndIncrement() % open.size());
                },
                seed * 31 + people.size()));
    }

    void whims(double probability) {
        people.forEach(p -> p.whims(probability));
    }

    /** Waits until so many more messages have come to everybody. */
    Correspondence goOn(int messages) {
        List<Integer> goals = people.stream().map(p -> p.got() + messages).toList();
        await("everybody gets " + messages + " more", p -> p.got() >= goals.get(people.indexOf(p)));
        return this;
    }

    int losses() {
        return people.stream().mapToInt(Correspondent::losses).sum();
    }

    int resumed() {
        return people.stream().mapToInt(Correspondent::resumed).sum();
    }

    private void await(String what, Predicate<Correspondent> condition) {
        Await.until(
                what,
                Await.LONG,
                () -> {
                    people.forEach(p -> assertNull(p.failure(), this::toString));
                    return people.stream().allMatch(condition);
                },
                () -> "\n" + this);
    }

    /** They write no more; then all that was acknowledged must have come, in order. */
    Correspondence reckon() {
        reckonWithoutOrder();
        for (Correspondent p : people) {
            List<Integer> wrong = p.outOfOrder();
            assertEquals(
                    List.of(),
                    wrong,
                    () -> "out of order at " + p + "\nThere:\n" + p.diaryAround(wrong.get(0)) + "\nAt the partner's:\n"
                            + partner(p).adventures() + "\n" + this);
        }
        return this;
    }

    /** They write no more; then all that was acknowledged must have come. */
    Correspondence reckonWithoutOrder() {
        people.forEach(p -> p.whims(0));
        people.forEach(p -> p.write(false));
        await("all that was written is acknowledged", Correspondent::isSettled);
        Await.until(
                "all that was acknowledged has come",
                Await.LONG,
                () -> people.stream().allMatch(p -> p.missingAt(partner(p)).isEmpty()),
                () -> "\n" + missing() + this);
        return this;
    }

    /** Nobody got an error. */
    Correspondence assertNoErrors() {
        for (Correspondent p : people) {
            assertEquals(List.of(), p.errors(), this::toString);
        }
        return this;
    }

    /** Nobody got a message twice. */
    Correspondence assertNothingTwice() {
        for (Correspondent p : people) {
            assertEquals(List.of(), p.repeated(), () -> "twice at " + p + "\n" + this);
        }
        return this;
    }

    private Correspondent partner(Correspondent p) {
        return people.get(people.indexOf(p) ^ 1);
    }

    private String missing() {
        return people.stream()
                .filter(p -> !p.missingAt(partner(p)).isEmpty())
                .map(p -> "acknowledged and lost: " + p.missingAt(partner(p)) + " of " + p + "\n")
                .collect(Collectors.joining());
    }

    @Override
    public String toString() {
        return "seed " + seed + "\n"
                + people.stream().map(Correspondent::toString).collect(Collectors.joining("\n"));
    }

    @Override
    public void close() {
        people.forEach(Correspondent::close);
    }
}
