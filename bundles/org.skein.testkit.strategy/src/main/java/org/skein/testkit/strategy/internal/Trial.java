package org.skein.testkit.strategy.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.BiConsumer;
import org.skein.cluster.api.Peers;
import org.skein.cluster.core.internal.routing.Routing;
import org.skein.testkit.cluster.InMemoryNode;
import org.skein.testkit.strategy.StrategyUnderTest;
import org.skein.xmpp.Jid;

/** A {@link World} for one test, in which nothing excuses a failure. */
public final class Trial {
    private static final String NAMES = "abc";
    private static final Duration SETTLED = Duration.ofSeconds(10);
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final Duration ANSWERED = Duration.ofMillis(1_100);

    public final World world;
    private final StrategyUnderTest tested;
    private final Set<Jid> accounts = new LinkedHashSet<>();
    private List<String> excused = List.of();
    private int resources;

    public Trial(StrategyUnderTest tested) {
        this.tested = tested;
        world = new World(tested::create, tested.version());
    }

    // nodes

    public Host server(String name) {
        Host host = world.start(name);
        host.use();
        return host;
    }

    public Host serverWithout(String name) {
        return world.start(name);
    }

    /** Nodes that are in step with each other. */
    public void cluster(int nodes) {
        for (int i = 0; i < nodes; i++) server(NAMES.substring(i, i + 1));
        settle();
    }

    public Host host(int number) {
        List<Host> hosts = hosts();
        return hosts.get(number % hosts.size());
    }

    public List<Host> hosts() {
        return world.hosts();
    }

    /** Nothing said by anybody arrives any more. */
    public void silence() {
        forEachLink(world.cluster::hold);
    }

    public void speak() {
        forEachLink(world.cluster::release);
    }

    private void forEachLink(BiConsumer<InMemoryNode, InMemoryNode> does) {
        for (Host a : hosts()) {
            for (Host b : hosts()) if (a != b) does.accept(a.node, b.node);
        }
    }

    public void full(Host from, Host to, boolean isFull) {
        from.node.full(to.self(), Peers.lane(Routing.CHANNEL), isFull);
    }

    // sessions

    /** Another session of that account; its bind need not be complete. */
    public Session begin(Host host, int account) {
        accounts.add(tested.account(account));
        return crowd(host, account);
    }

    /** One of so many that not each of them is looked for. */
    public Session crowd(Host host, int account) {
        return world.login(host, tested.account(account).withResource("r" + resources++));
    }

    public Session login(Host host, int account) {
        Session session = begin(host, account);
        deliver();
        if (!session.isBound()) soon();
        assertTrue(session.isBound(), () -> "the bind of " + session + " is not complete though all is delivered");
        return session;
    }

    public void logout(Session session) {
        world.logout(session);
    }

    /** Under the same address. */
    public Session move(Session session, Host to) {
        logout(session);
        return world.login(to, session.full);
    }

    // time

    /** All that is under way arrives; no time passes. */
    public void deliver() {
        pass(Duration.ZERO);
    }

    /** A strategy may gather what it says for a moment. */
    public void soon() {
        pass(SOON);
    }

    /** Since the beginning. */
    public Duration passed() {
        return Duration.ofNanos(world.time.nanos());
    }

    private void pass(Duration time) {
        world.time.advance(time);
        judge();
    }

    /** Some of it, in some order. */
    public void deliverSome(long seed) {
        Random random = new Random(seed);
        for (int tasks = random.nextInt(15); tasks > 0; tasks--) world.time.runOne(random);
        judge();
    }

    /** Whatever is late is done. */
    public void settle() {
        pass(SETTLED);
        look();
    }

    // judgement

    /** Every account that was ever seen, everywhere. */
    public void look() {
        for (Host host : hosts()) List.copyOf(accounts).forEach(account -> look(host, account));
    }

    public void look(Host host, Jid account) {
        List<Boolean> answered = new ArrayList<>();
        boolean known = world.look(host, account, () -> answered.add(true));
        if (!known) world.time.advance(ANSWERED);
        judge();
        assertEquals(List.of(true), answered, () -> "one answer of " + host + " about " + account);
    }

    public void rightPresence() {
        assertEquals(Optional.empty(), world.wrongPresence());
    }

    /** What is to be expected in this test. */
    public void excuse(String... beginnings) {
        excused = List.of(beginnings);
    }

    private void judge() {
        world.violation().ifPresent(v -> {
            throw new AssertionError(v);
        });
        List<String> failures = world.failures().stream()
                .filter(f -> excused.stream().noneMatch(f::startsWith))
                .toList();
        if (!failures.isEmpty()) throw new AssertionError(String.join("\n", failures));
    }

    /** Everything comes right by itself. */
    public void end() {
        hosts().forEach(Host::use);
        settle();
        assertEquals(Optional.empty(), world.unfinished());
    }
}
