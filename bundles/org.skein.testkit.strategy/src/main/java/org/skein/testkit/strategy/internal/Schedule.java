package org.skein.testkit.strategy.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.skein.xmpp.Jid;

/** One story of a cluster, decided by a seed: what happens, in which order it arrives, and what is looked at. */
public final class Schedule {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final int SETTLED_WITHIN_SECONDS = 60;
    private static final int AGAIN_FOR_SECONDS = 10;
    private static final int SHOWN = 60;
    private static final int[] PACES = {3, 8, 20};

    private final Plan plan;
    private final long seed;
    private final boolean telling;
    private final Random random;
    private final World world;
    private final Disturbances disturbances;
    private final Users users;
    private final Nodes nodes;
    private final boolean curious;
    private final int pace; // of what is delivered, compared with what happens
    private final Dice dice;
    private final List<String> told = new ArrayList<>();
    private int step;
    private int made; // strategies

    private Schedule(Plan plan, long seed, boolean telling) {
        this.plan = plan;
        this.seed = seed;
        this.telling = telling;
        random = new Random(seed * 0x9E3779B97F4A7C15L + 1);
        world = new World(() -> plan.strategy().apply(made++), plan.version());
        disturbances = new Disturbances(world, random);
        users = new Users(world, random, plan.accounts());
        nodes = new Nodes(world, random, plan.nodes());
        // Whoever looks at everything all the time finds more, but keeps every cache warm.
        curious = random.nextBoolean();
        pace = PACES[random.nextInt(PACES.length)];
        dice = new Dice(random, -72, 6, -6, -3, 2, 1, 6, 4);
    }

    /** @throws AssertionError naming the seed, what is wrong, and what happened before */
    public static void run(Plan plan, long seed) {
        try {
            new Schedule(plan, seed, false).run();
        } catch (AssertionError found) {
            new Schedule(plan, seed, true).run(); // once more, and tell it
            throw found;
        }
    }

    private void run() {
        for (int i = 0; i < Math.min(3, plan.nodes()); i++) nodes.come();
        world.time.runAll();
        for (step = 1; step <= plan.steps(); step++) {
            tell(act());
            deliver();
            look();
            judge();
        }
        heal();
    }

    private void tell(String event) {
        if (telling && !event.isEmpty()) told.add(step + " " + event);
    }

    private String act() {
        return switch (dice.roll()) {
            case 0 -> users.act();
            case 1 -> disturb();
            case 2 -> disturbances.cureOne();
            case 3 -> nodes.come();
            case 4 -> nodes.crash() + users.reconnect();
            case 5 -> nodes.exclude() + users.reconnect();
            case 6 -> nodes.swap();
            default -> wait(Duration.ofMillis(1 + random.nextInt(random.nextInt(4) == 0 ? 2_500 : 300)));
        };
    }

    private String wait(Duration time) {
        world.time.advance(time);
        return time.toMillis() + " ms pass";
    }

    private String disturb() {
        List<Host> hosts = world.hosts();
        Host a = hosts.get(random.nextInt(hosts.size()));
        Host b = hosts.get(random.nextInt(hosts.size()));
        int dice = random.nextInt(6);
        if (dice == 0) return disturbances.slowView(a);
        if (a == b) return "";
        return dice == 1 ? disturbances.fullLane(a, b) : disturbances.hold(a, b);
    }

    private void deliver() {
        int luck = random.nextInt(10);
        if (luck == 0) {
            world.time.runAll();
        } else if (luck > 3) {
            int tasks = random.nextInt(luck > 7 ? 5 * pace : pace);
            while (tasks-- > 0 && world.time.runOne(random)) {}
        }
        world.time.pass(Duration.ofMillis(random.nextInt(20)));
    }

    private void look() {
        List<Host> hosts = world.hosts();
        if (!curious) {
            Host host = hosts.get(random.nextInt(hosts.size()));
            look(host, plan.accounts().get(random.nextInt(plan.accounts().size())));
            return;
        }
        for (Host host : hosts) plan.accounts().forEach(account -> look(host, account));
    }

    private void look(Host host, Jid account) {
        if (!host.asked.add(account)) return;
        world.look(host, account, () -> host.asked.remove(account));
    }

    private void judge() {
        world.violation().ifPresent(this::fail);
        for (String failure : world.failures()) {
            boolean excused = failure.contains("not published in time") || failure.contains("answers come late");
            if (!excused || disturbances.isCalm()) fail(failure);
            tell("excused: " + failure);
        }
    }

    private void fail(String what) {
        List<String> last = told.subList(Math.max(0, told.size() - SHOWN), told.size());
        throw new AssertionError(what + "\nseed " + seed + ", step " + step + " of " + plan.steps() + "; -Dseed=" + seed
                + " repeats it\n  " + String.join("\n  ", last));
    }

    // in the end

    /** Nothing disturbs it any more: now everything has to come right by itself. */
    private void heal() {
        disturbances.cureAll();
        world.time.runAll();
        while (!nodes.allIn()) tell(nodes.rejoin());
        tell("all is well, and every node is to use the strategy");
        String unfinished = "";
        for (int second = 0; second < SETTLED_WITHIN_SECONDS; second++) {
            // Whom the last disturbance made fail is chosen anew, as an operator would.
            if (second < AGAIN_FOR_SECONDS) world.hosts().forEach(Host::use);
            world.time.advance(SECOND);
            judge();
            unfinished = world.unfinished().orElse("");
            if (unfinished.isEmpty()) break;
        }
        if (!unfinished.isEmpty()) fail("after " + SETTLED_WITHIN_SECONDS + " s of peace " + unfinished);
        for (Host host : world.hosts()) plan.accounts().forEach(account -> look(host, account));
        world.time.advance(SECOND.multipliedBy(2));
        judge();
    }
}
