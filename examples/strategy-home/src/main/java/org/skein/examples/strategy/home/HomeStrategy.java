package org.skein.examples.strategy.home;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeSet;
import org.skein.cluster.api.Peers;
import org.skein.cluster.api.View;
import org.skein.cluster.api.strategy.ClusteringStrategy;
import org.skein.xmpp.Jid;

/**
 * Users of an organisation connect to the node that is nearest to them, and a rule says which that is. So an account is
 * looked for at its home; only of guests, sessions at another node than their account's home, the other nodes are told.
 * While everybody is at home a message costs one frame, and nobody is told or remembers anything.
 *
 * <p>How nodes get in step: whoever begins, or hears that another one does, says {@code HELLO} to it and gets the list of
 * its guests. Until the list is there that node is always named; from the list on the sender tells each new guest before
 * the bind is complete. A node with other rules is never answered, so it names us always, and we it.
 *
 * <p>A change of the rules is another component: all members are used while nodes get in step again.
 */
@Component(configurationPid = "org.skein.examples.strategy.home", property = ClusteringStrategy.NAME + "=home")
@Designate(ocd = HomeStrategy.Config.class)
public final class HomeStrategy implements ClusteringStrategy {
    @ObjectClassDefinition(name = "Skein example: clustering strategy 'home'")
    @interface Config {
        @AttributeDefinition(
                description =
                        "Rules ADDRESSES=NODE separated by commas, * stands for anything, the first that fits counts;"
                                + " the same on all nodes. Such as *@sales.example=node1.example, it.*@example.org=node2.example")
        String homes() default "";
    }

    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(5);
    private static final Duration AGAIN_AFTER = Duration.ofMillis(100);
    private static final int IN_A_MESSAGE = 300; // of 1 MiB, as an address may be long

    private final Homes homes;
    private final long mark;

    /** Guests of each node that told us all of them. */
    private final Map<NodeId, Set<Jid>> guests = new ConcurrentHashMap<>();

    private final Map<NodeId, Set<Jid>> coming = new ConcurrentHashMap<>(); // the lists not complete yet
    private final Map<Jid, Set<Jid>> mine = new HashMap<>(); // sessions of guests here; guarded by this
    private final Map<NodeId, Object> listeners = new HashMap<>(); // who said hello, and which hello; guarded by this
    private volatile List<NodeId> others = List.of();
    private volatile Context context;

    @Activate
    public HomeStrategy(Config config) {
        this(Homes.parse(config.homes()));
    }

    HomeStrategy(Homes homes) {
        this.homes = homes;
        mark = homes.mark();
    }

    @Override
    public synchronized CompletionStage<Void> start(Context begun) {
        context = begun;
        guests.clear(); // of a life before
        coming.clear();
        mine.clear();
        listeners.clear();
        begun.sessions().forEach(session -> isGuest(session.full()));
        changed(begun.view());
        others.forEach(this::hello);
        return CompletableFuture.completedFuture(null); // until the lists are there all are named
    }

    @Override
    public NodeSet locate(Jid account) {
        String home = homes.of(account);
        List<NodeId> nodes = new ArrayList<>();
        for (NodeId node : others) {
            Set<Jid> there = guests.get(node);
            if (home.isEmpty() || home.equals(node.name()) || there == null || there.contains(account)) nodes.add(node);
        }
        return NodeSet.of(nodes);
    }

    // sessions here

    /** Remembers it if it is one. */
    private boolean isGuest(Jid full) {
        String home = homes.of(full.bare());
        if (home.isEmpty() || home.equals(context.self().name())) return false;
        mine.computeIfAbsent(full.bare(), account -> new HashSet<>()).add(full);
        return true;
    }

    @Override
    public synchronized CompletionStage<Void> bound(Jid full) {
        if (!isGuest(full)) return CompletableFuture.completedFuture(null);
        List<CompletableFuture<?>> answers = new ArrayList<>();
        // A copy, as an answer may be there at once and change it.
        new HashMap<>(listeners).forEach((node, hello) -> {
            CompletableFuture<Void> known = new CompletableFuture<>();
            answers.add(known);
            tell(full.bare(), node, hello, known);
        });
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new));
    }

    /** Again until it answers: it knows only if it says so. If it never does, the core gives up first. */
    private void tell(Jid account, NodeId node, Object hello, CompletableFuture<Void> known) {
        if (!isHere(account)) {
            known.complete(null); // gone meanwhile
            return;
        }
        context.call(node, message(Message.HERE, List.of(account)), ANSWER_WITHIN)
                .thenAccept(reply -> {
                    if (reply.result() == Peers.Result.TIMEOUT) {
                        context.whenWritable(
                                node, () -> context.later(AGAIN_AFTER, () -> tell(account, node, hello, known)));
                    } else {
                        if (reply.result() == Peers.Result.FAILED) forget(node, hello);
                        known.complete(null);
                    }
                });
    }

    private synchronized boolean isHere(Jid account) {
        return mine.containsKey(account);
    }

    /** It does not run there any more. */
    private synchronized void forget(NodeId node, Object hello) {
        listeners.remove(node, hello);
    }

    @Override
    public synchronized void unbound(Jid full) {
        Set<Jid> sessions = mine.get(full.bare());
        if (sessions == null || !sessions.remove(full) || !sessions.isEmpty()) return;
        mine.remove(full.bare());
        byte[] gone = message(Message.GONE, List.of(full.bare()));
        listeners.keySet().forEach(node -> context.send(node, gone));
    }

    // other nodes

    @Override
    public synchronized void changed(View view) {
        others = view.ids().stream().filter(id -> !id.equals(context.self())).toList();
        guests.keySet().retainAll(others);
        coming.keySet().retainAll(others);
        listeners.keySet().retainAll(others);
    }

    /** Who begins anew is asked anew. It remains a listener: perhaps it has our list already, and counts on it. */
    @Override
    public void publishes(NodeId member, boolean does) {
        guests.remove(member);
        coming.remove(member);
        if (does) hello(member);
    }

    private void hello(NodeId node) {
        context.send(node, message(Message.HELLO, List.of()));
    }

    @Override
    public void received(NodeId from, byte[] bytes) {
        Message message = Message.parse(bytes);
        if (message.kind() == Message.HELLO) greeted(from, message.mark());
        else if (message.mark() == mark) told(from, message); // else it was for a life before, with other rules
    }

    /** In one go, so that whoever binds is either in the list or told after it. */
    private synchronized void greeted(NodeId node, long theirMark) {
        listeners.remove(node);
        if (theirMark != mark) return;
        listeners.put(node, new Object());
        List<Jid> rest = new ArrayList<>(mine.keySet());
        while (rest.size() > IN_A_MESSAGE) {
            List<Jid> some = rest.subList(rest.size() - IN_A_MESSAGE, rest.size());
            context.send(node, message(Message.SOME, some));
            some.clear();
        }
        context.send(node, message(Message.ALL, rest));
    }

    private void told(NodeId from, Message message) {
        switch (message.kind()) {
            case Message.SOME -> list(from).addAll(message.accounts());
            case Message.ALL -> {
                list(from).addAll(message.accounts());
                guests.put(from, coming.remove(from));
            }
            case Message.GONE -> guestsOf(from).removeAll(message.accounts());
            default -> throw new IllegalArgumentException("kind " + message.kind());
        }
    }

    private Set<Jid> list(NodeId node) {
        return coming.computeIfAbsent(node, id -> ConcurrentHashMap.newKeySet());
    }

    @Override
    public CompletionStage<byte[]> called(NodeId from, byte[] bytes) {
        Message message = Message.parse(bytes);
        if (message.kind() != Message.HERE) throw new IllegalArgumentException("kind " + message.kind());
        if (message.mark() == mark) guestsOf(from).addAll(message.accounts());
        return CompletableFuture.completedFuture(new byte[0]);
    }

    /** To be changed; without effect if its list is not there yet. */
    private Set<Jid> guestsOf(NodeId node) {
        return guests.getOrDefault(node, new HashSet<>());
    }

    private byte[] message(int kind, List<Jid> accounts) {
        return new Message(kind, mark, accounts).bytes();
    }

    @Override
    public Map<String, Long> figures() {
        return Map.of("guests", guests.values().stream().mapToLong(Set::size).sum());
    }
}
