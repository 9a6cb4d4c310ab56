package ${package};

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
import org.osgi.service.component.annotations.Component;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeSet;
import org.skein.cluster.api.Peers;
import org.skein.cluster.api.View;
import org.skein.cluster.api.strategy.ClusteringStrategy;
import org.skein.xmpp.Jid;

/**
 * Remembers which node said that it holds a session of an account.
 *
 * <p>How nodes get in step: whoever begins, or hears that another one does, says {@code HELLO} to it and gets the list of
 * its accounts. Until the list is there that node is always named; from the list on the sender tells of each new account
 * before the bind is complete.
 */
@Component(property = ClusteringStrategy.NAME + "=${strategy}")
public final class ${className} implements ClusteringStrategy {
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(5);
    private static final Duration AGAIN_AFTER = Duration.ofMillis(100);
    private static final int IN_A_MESSAGE = 300; // of 1 MiB, as an address may be long

    /** Accounts of each node that told us all of them. */
    private final Map<NodeId, Set<Jid>> known = new ConcurrentHashMap<>();

    private final Map<NodeId, Set<Jid>> coming = new ConcurrentHashMap<>(); // the lists not complete yet
    private final Map<Jid, Set<Jid>> mine = new HashMap<>(); // sessions here, by account; guarded by this
    private final Map<NodeId, Object> listeners = new HashMap<>(); // who said hello, and which hello; guarded by this
    private volatile List<NodeId> others = List.of();
    private volatile Context context;

    @Override
    public synchronized CompletionStage<Void> start(Context begun) {
        context = begun;
        known.clear(); // of a life before
        coming.clear();
        mine.clear();
        listeners.clear();
        begun.sessions().forEach(session -> add(session.full()));
        changed(begun.view());
        others.forEach(this::hello);
        return CompletableFuture.completedFuture(null); // until the lists are there all are named
    }

    /** The one rule: never too few. */
    @Override
    public NodeSet locate(Jid account) {
        List<NodeId> nodes = new ArrayList<>();
        for (NodeId node : others) {
            Set<Jid> there = known.get(node);
            if (there == null || there.contains(account)) nodes.add(node);
        }
        return NodeSet.of(nodes);
    }

    // sessions here

    private void add(Jid full) {
        mine.computeIfAbsent(full.bare(), account -> new HashSet<>()).add(full);
    }

    /** Complete when everybody who counts on our list knows. */
    @Override
    public synchronized CompletionStage<Void> bound(Jid full) {
        add(full);
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
        context.call(node, new Message(Message.HERE, List.of(account)).bytes(), ANSWER_WITHIN).thenAccept(reply -> {
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
        byte[] gone = new Message(Message.GONE, List.of(full.bare())).bytes();
        listeners.keySet().forEach(node -> context.send(node, gone));
    }

    // other nodes

    @Override
    public synchronized void changed(View view) {
        others = view.ids().stream().filter(id -> !id.equals(context.self())).toList();
        known.keySet().retainAll(others);
        coming.keySet().retainAll(others);
        listeners.keySet().retainAll(others);
    }

    /** Who begins anew is asked anew. It remains a listener: perhaps it has our list already, and counts on it. */
    @Override
    public void publishes(NodeId member, boolean does) {
        known.remove(member);
        coming.remove(member);
        if (does) hello(member);
    }

    private void hello(NodeId node) {
        context.send(node, new Message(Message.HELLO, List.of()).bytes());
    }

    @Override
    public void received(NodeId from, byte[] bytes) {
        Message message = Message.parse(bytes);
        switch (message.kind()) {
            case Message.HELLO -> greeted(from);
            case Message.SOME -> list(from).addAll(message.accounts());
            case Message.ALL -> {
                list(from).addAll(message.accounts());
                known.put(from, coming.remove(from));
            }
            case Message.GONE -> knownOf(from).removeAll(message.accounts());
            default -> throw new IllegalArgumentException("kind " + message.kind());
        }
    }

    /** In one go, so that whoever binds is either in the list or told after it. */
    private synchronized void greeted(NodeId node) {
        listeners.put(node, new Object());
        List<Jid> rest = new ArrayList<>(mine.keySet());
        while (rest.size() > IN_A_MESSAGE) {
            List<Jid> some = rest.subList(rest.size() - IN_A_MESSAGE, rest.size());
            context.send(node, new Message(Message.SOME, some).bytes());
            some.clear();
        }
        context.send(node, new Message(Message.ALL, rest).bytes());
    }

    private Set<Jid> list(NodeId node) {
        return coming.computeIfAbsent(node, id -> ConcurrentHashMap.newKeySet());
    }

    @Override
    public CompletionStage<byte[]> called(NodeId from, byte[] bytes) {
        Message message = Message.parse(bytes);
        if (message.kind() != Message.HERE) throw new IllegalArgumentException("kind " + message.kind());
        knownOf(from).addAll(message.accounts());
        return CompletableFuture.completedFuture(new byte[0]);
    }

    /** To be changed; without effect if its list is not there yet. */
    private Set<Jid> knownOf(NodeId node) {
        return known.getOrDefault(node, new HashSet<>());
    }

    @Override
    public Map<String, Long> figures() {
        return Map.of("accounts", known.values().stream().mapToLong(Set::size).sum());
    }
}
