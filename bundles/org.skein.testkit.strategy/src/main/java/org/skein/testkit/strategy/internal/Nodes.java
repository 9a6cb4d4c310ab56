package org.skein.testkit.strategy.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What happens to nodes: they come, die, are excluded, and swap strategies. */
final class Nodes {
    private static final String NAMES = "abcdefghijklmnopqrstuvwxyz";

    private final World world;
    private final Random random;
    private final int most;
    private final Dice swaps;
    private final List<Host> outside = new ArrayList<>();

    Nodes(World world, Random random, int most) {
        this.world = world;
        this.random = random;
        this.most = Math.min(most, 2 + random.nextInt(Math.min(most, NAMES.length())));
        swaps = new Dice(random, -4, 1, 1, 2, 1, 1);
    }

    private Host any() {
        List<Host> hosts = world.hosts();
        return hosts.get(random.nextInt(hosts.size()));
    }

    /** @return what happened; empty if nothing did */
    String come() {
        if (!outside.isEmpty() && random.nextBoolean()) return rejoin();
        for (int i = 0; i < most; i++) {
            String name = NAMES.substring(i, i + 1);
            boolean taken = world.hosts().stream().anyMatch(h -> h.self().name().equals(name))
                    || outside.stream().anyMatch(h -> h.self().name().equals(name));
            if (taken) continue;
            Host host = world.start(name);
            if (random.nextInt(4) > 0) host.use();
            return "start " + host;
        }
        return "";
    }

    String rejoin() {
        for (Host host : outside) {
            if (!host.isOutside()) continue;
            outside.remove(host);
            world.rejoin(host);
            host.use();
            return "rejoin " + host;
        }
        return "";
    }

    String crash() {
        if (world.hosts().size() < 2) return "";
        Host host = any();
        world.crash(host);
        return "crash " + host;
    }

    String exclude() {
        if (world.hosts().size() < 2) return "";
        Host host = any();
        String name = host.toString();
        world.exclude(host);
        outside.add(host);
        return "exclude " + name;
    }

    String swap() {
        Host host = any();
        return "at " + host + " "
                + switch (swaps.roll()) {
                    case 0 -> {
                        host.use();
                        yield "the strategy is chosen";
                    }
                    case 1 -> {
                        host.gone();
                        yield "it stops";
                    }
                    case 2 -> {
                        host.gone();
                        host.use();
                        yield "it stops and starts";
                    }
                    case 3 -> {
                        host.update();
                        yield "it is updated";
                    }
                    case 4 -> {
                        host.useNextVersion();
                        yield "the next version is chosen";
                    }
                    default -> {
                        host.useEveryone();
                        yield "another strategy is chosen";
                    }
                };
    }

    boolean allIn() {
        return outside.isEmpty();
    }
}
