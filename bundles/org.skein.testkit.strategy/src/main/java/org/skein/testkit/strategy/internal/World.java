package org.skein.testkit.strategy.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeSet;
import org.skein.cluster.api.strategy.ClusteringStrategy;
import org.skein.cluster.api.strategy.ClusteringStrategy.Presences;
import org.skein.testkit.ManualScheduler;
import org.skein.testkit.cluster.InMemoryCluster;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/** A cluster in which a strategy is used, the truth about its sessions, and the comparison of the two. */
public final class World {
    public final ManualScheduler time = new ManualScheduler();
    public final InMemoryCluster cluster = new InMemoryCluster(time);

    /** What the strategy said, all of it, if {@link #keepSaid}. */
    public final List<byte[]> said = new ArrayList<>();

    public boolean keepSaid;

    final int version;
    private final Supplier<? extends ClusteringStrategy> make;
    private final Map<String, Host> hosts = new TreeMap<>(); // members
    private final Map<Jid, List<Session>> sessions = new LinkedHashMap<>();
    private final List<Flow> flows = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private final Map<Jid, Stanza> available = new HashMap<>();
    private String violation;

    public World(Supplier<? extends ClusteringStrategy> make, int version) {
        this.make = make;
        this.version = version;
    }

    Observed service() {
        return new Observed(make.get(), failures::add, message -> {
            if (keepSaid) said.add(message);
        });
    }

    // nodes

    /** A process starts and is to be a member. */
    public Host start(String name) {
        Host host = new Host(this, name);
        cluster.join(host.node);
        hosts.put(name, host);
        return host;
    }

    /** {@code kill -9}. */
    public void crash(Host host) {
        host.killed();
        cluster.crash(host.node);
        forget(host);
    }

    public void exclude(Host host) {
        host.excluded();
        cluster.exclude(host.node);
        forget(host);
    }

    public void rejoin(Host host) {
        host.reborn();
        cluster.join(host.node);
        hosts.put(host.node.self().name(), host);
    }

    private void forget(Host host) {
        hosts.values().remove(host);
        List<Session> dead = new ArrayList<>();
        sessions.values()
                .forEach(list -> list.stream().filter(s -> s.host == host).forEach(dead::add));
        dead.forEach(this::forget);
    }

    /** Members, by name. */
    public List<Host> hosts() {
        return List.copyOf(hosts.values());
    }

    // sessions

    public Session login(Host host, Jid full) {
        Session session = new Session(full, host);
        sessions.computeIfAbsent(full.bare(), a -> new ArrayList<>()).add(session);
        host.routing.bound(full).whenComplete((done, failure) -> {
            if (failure != null) violated("the bind of " + session + " failed: " + failure);
            session.bound = true;
        });
        return session;
    }

    public void logout(Session session) {
        forget(session);
        session.host.routing.unbound(session.full);
    }

    private void forget(Session session) {
        session.over = true;
        sessions.get(session.full.bare()).remove(session);
    }

    public void presence(Session session, boolean isAvailable) {
        session.presence = isAvailable
                ? Optional.of(available.computeIfAbsent(
                        session.full, full -> Stanza.presence().from(full).build()))
                : Optional.empty();
        session.host.routing.presence(session.full, session.presence);
    }

    List<Session> sessions(Jid account) {
        return sessions.getOrDefault(account, List.of());
    }

    List<Session> sessions() {
        return sessions.values().stream().flatMap(List::stream).toList();
    }

    void message(Session from, Jid to) {
        Flow flow = from.flows.computeIfAbsent(to, account -> {
            flows.add(new Flow(this, flows.size(), from, account));
            return flows.get(flows.size() - 1);
        });
        flow.send();
    }

    Flow flow(int id) {
        return flows.get(id);
    }

    // what must hold

    /** The sessions elsewhere which a look-up there has to find now (P3). */
    List<Session> owed(Host asking, Jid account) {
        List<Session> owed = List.of();
        for (Session s : sessions(account)) {
            if (!s.isBound() || s.host == asking || !asking.view().contains(s.life)) continue;
            if (owed.isEmpty()) owed = new ArrayList<>(2);
            owed.add(s);
        }
        return owed;
    }

    /** @param owed what had to be found when it was asked */
    void check(Host asking, Jid account, List<Session> owed, List<NodeId> answer) {
        for (Session s : owed) {
            boolean due = s.isBound() && asking.isServing() && asking.view().contains(s.life);
            if (due && !answer.contains(s.life)) {
                violated("P3: " + asking + " looks for " + account + " and finds " + answer + ", but there is " + s);
            }
        }
    }

    /** Looks an account up. @return whether the answer came at once; a late one is checked when it comes */
    public boolean look(Host asking, Jid account, Runnable answered) {
        if (!asking.isServing()) {
            answered.run();
            return true;
        }
        NodeId life = asking.self();
        List<Session> owed = owed(asking, account);
        NodeSet answer = asking.routing.locate(account);
        answer.then(
                nodes -> {
                    if (asking.isMember(life)) check(asking, account, owed, nodes);
                    answered.run();
                },
                failure -> violated("locate failed: " + failure));
        return answer.isKnown();
    }

    void violated(String what) {
        if (violation == null) violation = what;
    }

    void failed(String reason) {
        failures.add(reason);
    }

    /** What is wrong with the answers, if anything is. */
    public Optional<String> violation() {
        return Optional.ofNullable(violation);
    }

    /** What strategies threw, and why nodes gave them up, since this was asked last. */
    public List<String> failures() {
        if (failures.isEmpty()) return List.of();
        List<String> now = List.copyOf(failures);
        failures.clear();
        return now;
    }

    /** Once nothing disturbs it any more: what still is not as it has to be. */
    public Optional<String> unfinished() {
        for (Host host : hosts.values()) {
            if (!host.isInStep()) {
                return Optional.of(host + " uses " + host.routing.current().orElse("none") + ", warming up "
                        + host.routing.warming().orElse("none") + ", unknown " + host.routing.unknown());
            }
        }
        for (Session s : sessions()) {
            if (!s.bound) return Optional.of("the bind of " + s + " is not complete");
            if (s.missing().isPresent()) return s.missing();
        }
        for (Flow flow : flows) if (flow.isWaiting()) return Optional.of(flow + " waits for an answer");
        return wrongPresence();
    }

    /** Where a strategy keeps presence it is that of all available sessions elsewhere, or says whom to ask. */
    public Optional<String> wrongPresence() {
        for (Host host : hosts.values()) {
            for (Jid account : sessions.keySet()) {
                Presences kept = host.routing.presences(account).orElse(null);
                if (kept == null) continue;
                Set<Jid> known = new TreeSet<>();
                kept.known().forEach(p -> known.add(p.presence().from().orElseThrow()));
                Set<Jid> truth = new TreeSet<>();
                for (Session s : sessions(account)) {
                    if (s.host == host || s.presence.isEmpty()) continue;
                    if (!kept.ask().contains(s.life) || known.contains(s.full)) truth.add(s.full);
                }
                if (!known.equals(truth)) {
                    return Optional.of(host + " knows of presence from " + known + ", and it is " + truth);
                }
            }
        }
        return Optional.empty();
    }
}
