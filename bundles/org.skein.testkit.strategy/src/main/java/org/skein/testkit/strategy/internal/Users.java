package org.skein.testkit.strategy.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.skein.xmpp.Jid;

/** What users do: each has two devices, which come, go, and come back elsewhere under the same address. */
final class Users {
    private final World world;
    private final Random random;
    private final List<Jid> accounts;
    private final Dice dice;
    private final List<Jid> devices = new ArrayList<>();
    private final Map<Jid, Session> online = new LinkedHashMap<>();

    Users(World world, Random random, List<Jid> accounts) {
        this.world = world;
        this.random = random;
        this.accounts = accounts;
        dice = new Dice(random, -12, 15, 13, -40);
        for (Jid account : accounts) {
            devices.add(account.withResource("phone"));
            devices.add(account.withResource("desk"));
        }
    }

    private <T> T any(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private List<Host> open() {
        return world.hosts().stream().filter(Host::isServing).toList();
    }

    /** @return what happened; empty if nothing did */
    String act() {
        Jid device = any(devices);
        Session session = online.get(device);
        if (session == null || session.over) return login(device);
        return switch (dice.roll()) {
            case 0 -> logout(session);
            case 1 -> move(session);
            case 2 -> presence(session);
            default -> message(session);
        };
    }

    private String login(Jid device) {
        List<Host> hosts = open();
        if (hosts.isEmpty()) return "";
        Session session = world.login(any(hosts), device);
        online.put(device, session);
        return "login " + session;
    }

    private String logout(Session session) {
        world.logout(session);
        online.remove(session.full);
        return "logout " + session;
    }

    private String move(Session session) {
        return logout(session) + ", " + login(session.full);
    }

    private String presence(Session session) {
        if (!session.isBound()) return "";
        boolean available = session.presence.isEmpty() || random.nextBoolean();
        world.presence(session, available);
        return (available ? "available " : "unavailable ") + session;
    }

    private String message(Session session) {
        if (!session.isBound()) return "";
        Jid to = any(accounts);
        world.message(session, to);
        return "message from " + session + " to " + to;
    }

    /** Clients of a node that is gone connect elsewhere at once, if they are quick. */
    String reconnect() {
        StringBuilder did = new StringBuilder();
        List<Session> lost = online.values().stream()
                .filter(s -> s.over)
                .sorted(Comparator.comparing(s -> s.full))
                .toList();
        for (Session s : lost) {
            online.remove(s.full);
            if (random.nextBoolean()) did.append(", ").append(login(s.full));
        }
        return did.toString();
    }
}
