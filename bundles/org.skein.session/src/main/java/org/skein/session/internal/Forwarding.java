package org.skein.session.internal;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.skein.cluster.api.Cluster;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeSet;
import org.skein.cluster.api.View;
import org.skein.session.internal.Delivery.Step;
import org.skein.session.internal.Forwarded.Answer;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StanzaError;
import org.skein.xmpp.StanzaError.Condition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the session managers of the nodes tell each other. All of it goes through one lane for each pair of nodes, so it
 * arrives in the order sent, whatever it is: a question asked after an answer was given is asked behind that answer. What
 * a node has answered for stays with its origin until all nodes have (DESIGN §5).
 */
final class Forwarding {
    static final String CHANNEL = "session";
    static final int LANE = 0;

    private static final int MESSAGE = 1;
    private static final int HANDOVER = 2;
    private static final int PRESENCE = 3;
    static final int ANSWERS = 4;
    private static final int SETTLED = 5;
    private static final int DIRECT = 6;
    private static final int ROWS = 7;
    static final int ASK = 8;
    static final int REPLY = 9;
    private static final int UNBOUND = 10;
    private static final int MOVED = 11; // presence known already, from another node now
    private static final Duration SETTLE_PATIENCE = Duration.ofMillis(1500);

    private static final int MAX_MOVED = 10_000;
    private static final StanzaError LINK_FULL =
            Condition.RESOURCE_CONSTRAINT.error("too much waits for another node of this server");
    private static final Logger log = LoggerFactory.getLogger(Forwarding.class);

    private final ServerNode node;
    private final ConcurrentHashMap<NodeId, Peer> peers = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Flow, Delivery> underWay = new ConcurrentHashMap<>(); // the newest at other nodes
    private final Set<Delivery> behindOlder = ConcurrentHashMap.newKeySet(); // answered, but not a row yet
    private final ConcurrentHashMap<Jid, Long> moved = new ConcurrentHashMap<>(); // our last number when it did
    private final ConcurrentHashMap<Jid, Integer> coming =
            new ConcurrentHashMap<>(); // binds elsewhere not answered yet
    private final Object order = new Object(); // answers are taken one after the other, so what goes on keeps its order
    private volatile boolean alone = true;

    Forwarding(ServerNode node) {
        this.node = node;
    }

    private Cluster cluster() {
        return node.cluster();
    }

    /** True if there is no other node. */
    boolean isAlone() {
        return alone;
    }

    /** The life of a member as text, one instance of it. */
    String token(NodeId id) {
        Peer peer = peers.get(id);
        return peer == null ? id.toString() : peer.token;
    }

    List<NodeId> others() {
        return List.copyOf(peers.keySet());
    }

    // ---- the view

    /** Nodes came; what is sent to them from here on goes out. */
    void changed(View view) {
        NodeId self = cluster().self();
        for (NodeId id : view.ids()) {
            if (!id.equals(self)) peer(id);
        }
    }

    /** A member; it may be heard of before {@link #changed} tells. Null if it is none. */
    Peer peer(NodeId id) {
        Peer peer = peers.get(id);
        if (peer != null || !cluster().view().contains(id)) return peer;
        peer = peers.computeIfAbsent(id, n -> new Peer(n, node));
        alone = false;
        return peer;
    }

    /**
     * Nodes are going: what they have not answered is tried again, in order, before anything newer for the same accounts.
     */
    Runnable leaving(Collection<NodeId> nodes) {
        List<Peer> gone = new ArrayList<>();
        Map<Jid, Gates<Jid>.Gate> gates = new LinkedHashMap<>();
        for (NodeId id : nodes) {
            Peer peer = peers.get(id);
            if (peer == null) continue;
            gone.add(peer);
            for (Forwarded f : peer.outstanding.values()) {
                gates.computeIfAbsent(f.account(), node.gates::hold);
            }
        }
        return () -> {
            for (Peer peer : gone) {
                peer.out.end();
                peers.remove(peer.id, peer);
            }
            alone = peers.isEmpty();
            for (Peer peer : gone) {
                abandon(peer);
            }
            gates.values().forEach(Gates<Jid>.Gate::release);
        };
    }

    private void abandon(Peer peer) {
        node.questions.abandon(peer);
        peer.kept.values().forEach(a -> a.settled(false));
        peer.kept.clear();
        synchronized (order) {
            Map.Entry<Long, Forwarded> next;
            while ((next = peer.outstanding.pollFirstEntry()) != null) {
                next.getValue().answered(peer.id, Answer.LEFT, null);
            }
        }
    }

    // ---- sending

    /** The other nodes that may hold sessions of an account; while that is not known the account's gate is closed. */
    void locate(Jid account, Consumer<List<NodeId>> then) {
        if (alone) {
            then.accept(List.of());
            return;
        }
        NodeSet nodes = cluster().locate(account);
        if (nodes.isKnown()) {
            then.accept(nodes.now());
            return;
        }
        Gates<Jid>.Gate gate = node.gates.hold(account);
        nodes.then(
                found -> gate.release(() -> then.accept(found)),
                failure -> gate.release(() -> then.accept(List.copyOf(peers.keySet()))));
    }

    /**
     * The same without waiting, if need be all nodes: for what was tried before. Who has echoed behind the answer to it
     * must have been sent it again.
     */
    List<NodeId> locateNow(Jid account) {
        if (alone) return List.of();
        NodeSet nodes = cluster().locate(account);
        return nodes.isKnown() ? nodes.now() : others();
    }

    /** A resource is about to be bound elsewhere: until that node is told what is sent to it may come too early. */
    void comes(Jid full) {
        coming.merge(full, 1, Integer::sum);
        Jid account = full.bare();
        for (Peer peer : peers.values()) {
            for (Forwarded f : peer.outstanding.values()) {
                if (f instanceof Delivery d && d.account().equals(account)) d.resourceComes(full);
            }
        }
    }

    /** That node is told now. */
    void mayBeThere(Jid full) {
        coming.computeIfPresent(full, (jid, n) -> n == 1 ? null : n - 1);
    }

    /** True for a full JID another node is about to bind, and has not heard from this one. */
    boolean isComing(Jid full) {
        return !coming.isEmpty() && coming.containsKey(full);
    }

    /** A session of an account moves to another node: what was sent before may find it at neither. */
    void moves(Jid account) {
        if (moved.size() >= MAX_MOVED) moved.clear();
        moved.put(account, node.lastNumber());
    }

    /** True if a session of the account has moved since the message of this number was sent. */
    boolean hasMovedSince(Jid account, long number) {
        if (moved.isEmpty()) return false;
        Long last = moved.get(account);
        return last != null && number <= last;
    }

    /** A message goes to other nodes; it is the newest of its flow there. @return the one before it, or null */
    Delivery departs(Delivery delivery) {
        return underWay.put(delivery.flow(), delivery);
    }

    void isOver(Delivery delivery) {
        underWay.remove(delivery.flow(), delivery);
    }

    /** The newest message of a flow that is at other nodes and not answered for; null for none. */
    Delivery underWay(Delivery delivery) {
        return underWay.isEmpty() ? null : underWay.get(delivery.flow());
    }

    /** Whether a message is to become a row, but only behind an older one. */
    void waitsForOlder(Delivery delivery, boolean waits) {
        if (waits) behindOlder.add(delivery);
        else behindOlder.remove(delivery);
    }

    /** See {@link Outgoing#send}; nothing for who is no member. */
    private void send(NodeId to, byte[] message) {
        Peer peer = peer(to);
        if (peer != null) peer.out.send(message);
    }

    /** See {@link Outgoing#sendOrDrop}. */
    private void sendOrDrop(NodeId to, byte[] message) {
        Peer peer = peer(to);
        if (peer != null) peer.out.sendOrDrop(message);
    }

    /** A message whose fate each node tells. */
    void message(List<NodeId> nodes, Delivery delivery, long number, Step step, Stanza stanza) {
        tracked(MESSAGE, nodes, delivery, number, step, stanza);
        for (NodeId to : nodes) pauseSender(to, stanza);
    }

    /** The session of this node that sends a stanza into a link that is full pauses (P5). */
    private void pauseSender(NodeId to, Stanza stanza) {
        if (cluster().peers().isWritable(to, LANE)) return;
        UserSession sender = stanza.from().map(node.registry::find).orElse(null);
        if (sender != null) sender.intake().congested(cluster().peers(), to);
    }

    /** Something safe already, of which each node tells whether it took it. */
    void handover(List<NodeId> nodes, Handover handover, long number, Step step, Stanza stanza) {
        tracked(HANDOVER, nodes, handover, number, step, stanza);
        for (NodeId to : nodes) pauseSender(to, stanza);
    }

    private void tracked(int type, List<NodeId> nodes, Forwarded what, long number, Step step, Stanza stanza) {
        byte[] bytes = new Bytes.Writer(type, 256 + stanza.payloadXml().length)
                .octet(step == Step.FULL ? 0 : 1)
                .number(number)
                .stanza(stanza)
                .done();
        for (int i = 0; i < nodes.size(); i++) {
            NodeId to = nodes.get(i);
            Peer peer = peer(to);
            if (peer != null) {
                peer.outstanding.put(number, what);
                peer.answers.sendAlong();
                if (!peer.out.trySend(bytes)) {
                    if (peer.outstanding.remove(number) != null) what.answered(to, Answer.REFUSED, LINK_FULL);
                    continue;
                }
                if (!peer.out.isGone() || peer.outstanding.remove(number) == null) continue;
            }
            what.answered(to, Answer.LEFT, null);
        }
    }

    /** Something nobody answers for: presence, results, chat states. */
    void untracked(List<NodeId> nodes, Stanza stanza, Step step) {
        byte[] bytes = new Bytes.Writer(HANDOVER, 256 + stanza.payloadXml().length)
                .octet(step == Step.FULL ? 0 : 1)
                .number(0)
                .stanza(stanza)
                .done();
        for (NodeId to : nodes) {
            sendOrDrop(to, bytes);
            pauseSender(to, stanza);
        }
    }

    /**
     * The same presence to many accounts: one message for each node. Where it is not known at once which nodes, the gates
     * of those accounts stay closed until it is, for all of them together.
     */
    void presence(Stanza stanza, Collection<Jid> accounts, boolean quietly) {
        Map<NodeId, List<Jid>> byNode = new LinkedHashMap<>();
        LatePresence late = null;
        for (Jid to : accounts) {
            NodeSet nodes = cluster().locate(to.bare());
            if (nodes.isKnown()) {
                sort(byNode, nodes.now(), to);
            } else {
                if (late == null) late = new LatePresence(this, stanza, quietly);
                late.add(to, nodes, node.gates.hold(to.bare()));
            }
        }
        presence(stanza, byNode, quietly);
        if (late != null) late.allAdded();
    }

    static void sort(Map<NodeId, List<Jid>> byNode, Collection<NodeId> nodes, Jid to) {
        for (NodeId id : nodes)
            byNode.computeIfAbsent(id, n -> new ArrayList<>()).add(to);
    }

    void presence(Stanza stanza, Map<NodeId, List<Jid>> byNode, boolean quietly) {
        byNode.forEach((id, list) -> {
            Bytes.Writer w =
                    new Bytes.Writer(quietly ? MOVED : PRESENCE, 256 + stanza.payloadXml().length + 32 * list.size());
            w.number(list.size());
            list.forEach(w::jid);
            sendOrDrop(id, w.stanza(stanza.withoutTo()).done());
            pauseSender(id, stanza);
        });
    }

    /** To exactly one session. */
    void direct(NodeId to, Jid full, Stanza stanza) {
        sendOrDrop(
                to,
                new Bytes.Writer(DIRECT, 256 + stanza.payloadXml().length)
                        .jid(full)
                        .stanza(stanza)
                        .done());
        pauseSender(to, stanza);
    }

    /**
     * Tells the nodes a message was stored at what became of it. One row of all is for the user, should its session end:
     * the first node's, unless somebody has delivered the message; the others are for their sessions alone.
     */
    void settled(List<NodeId> nodes, long number, boolean elsewhere) {
        boolean keep = !elsewhere;
        for (NodeId to : nodes) {
            send(
                    to,
                    new Bytes.Writer(SETTLED, 16)
                            .number(number)
                            .octet(keep ? 0 : 1)
                            .done());
            keep = false;
        }
    }

    /** There are offline rows of an account: whoever has a session that accepts them takes them (CLUSTER 14). */
    void rows(Jid account) {
        if (alone) return;
        byte[] bytes = new Bytes.Writer(ROWS, 64).jid(account).done();
        cluster()
                .locate(account)
                .then(
                        nodes -> nodes.forEach(to -> send(to, bytes)),
                        failure -> peers.keySet().forEach(to -> send(to, bytes)));
    }

    /** To the nodes named: a session is over. */
    void unbound(Collection<NodeId> nodes, Jid full, long login) {
        byte[] bytes = new Bytes.Writer(UNBOUND, 64).jid(full).number(login).done();
        nodes.forEach(to -> send(to, bytes));
    }

    // ---- answering

    /** Keeps a message stored here until its origin says what became of it elsewhere. */
    void kept(Arrival arrival) {
        if (!arrival.shared) return;
        Peer peer = peers.get(arrival.origin);
        if (peer != null) peer.kept.put(arrival.number, arrival);
        if (peer == null || peer.out.isGone()) arrival.settled(false);
    }

    /** Tells the origin; soon. */
    void answer(NodeId origin, long number, Answer answer, StanzaError refusal) {
        if (number == 0) return;
        Peer peer = peers.get(origin);
        if (peer != null) peer.answers.add(number, answer, refusal); // else it left: nobody waits
    }

    /** Tells all that has been answered, now. */
    void tellAnswers() {
        peers.values().forEach(peer -> peer.answers.send());
    }

    /**
     * Completes when nothing addressed to an account can become an offline row any more of what other nodes had answered
     * by now, and so all rows there will be are in the database.
     */
    CompletionStage<Void> settle(Jid account) {
        CompletableFuture<Void> here = new CompletableFuture<>();
        whenSettled(account, cluster().self(), () -> here.complete(null));
        if (!here.isDone()) node.delays.schedule(() -> here.complete(null), SETTLE_PATIENCE);
        return here.thenCompose(done ->
                node.questions.askAll(Question.SETTLE, Binds.utf8(account)).thenApply(answers -> null));
    }

    /** Runs a task when what {@code asker} has answered for an account is delivered or committed. */
    void whenSettled(Jid account, NodeId asker, Runnable task) {
        Set<Forwarded> open = new LinkedHashSet<>();
        boolean own = cluster().self().equals(asker); // who asks holds back here what waits for it
        for (Peer peer : peers.values()) {
            if (peer.id.equals(asker)) continue;
            for (Forwarded f : peer.outstanding.values()) {
                if (f.maybeOffline() && f.account().equals(account) && !(own && f.waitsHere())) open.add(f);
            }
        }
        for (Delivery d : behindOlder) {
            if (d.account().equals(account) && !(own && d.waitsHere())) open.add(d);
        }
        Peer self = peers.get(asker);
        if (self != null) open.removeAll(self.outstanding.values()); // it will decide on those itself
        AtomicInteger left = new AtomicInteger(open.size() + 1);
        Runnable one = () -> {
            if (left.decrementAndGet() == 0) node.offline.whenWritten(account, task);
        };
        open.forEach(f -> f.whenOver(one));
        one.run();
    }

    // ---- receiving; on the lane's thread

    void received(NodeId from, byte[] bytes) {
        Peer peer = peer(from);
        if (peer == null) {
            log.debug("what=message_of_stranger node={}", from);
            return;
        }
        Bytes.Reader in = new Bytes.Reader(bytes);
        int type = in.octet();
        switch (type) {
            case MESSAGE -> message(peer, in);
            case HANDOVER -> handover(peer, in);
            case PRESENCE -> presence(peer, in, true);
            case MOVED -> presence(peer, in, false);
            case ANSWERS -> answers(peer, in);
            case SETTLED -> settled(peer, in);
            case DIRECT -> direct(in);
            case ROWS -> node.offline.deliverStored(in.jid());
            case ASK -> node.questions.asked(peer, in);
            case REPLY -> node.questions.replied(peer, in);
            case UNBOUND -> node.registry.unboundElsewhere(from, in.jid(), in.number());
            default -> log.warn("what=unknown_message node={} type={}", from, type);
        }
    }

    private void message(Peer peer, Bytes.Reader in) {
        boolean full = in.octet() == 0;
        long number = in.number();
        Stanza stanza;
        try {
            stanza = in.stanza();
        } catch (IllegalArgumentException unreadable) {
            log.error("what=forwarded_stanza_unreadable node={} number={}", peer.id, number, unreadable);
            answer(peer.id, number, Answer.REFUSED, Condition.INTERNAL_SERVER_ERROR.error());
            return;
        }
        node.deliverer.arrived(stanza, new Deliverer.Origin(peer.id, number, full));
    }

    private void handover(Peer peer, Bytes.Reader in) {
        boolean full = in.octet() == 0;
        long number = in.number();
        node.deliverer.handedOver(in.stanza(), new Deliverer.Origin(peer.id, number, full));
    }

    private void presence(Peer peer, Bytes.Reader in, boolean shown) {
        int n = in.count();
        List<Jid> accounts = new ArrayList<>(n);
        for (int i = 0; i < n; i++) {
            accounts.add(in.jid());
        }
        Stanza stanza = in.stanza();
        for (Jid to : accounts) {
            // Also while the first session is just being bound: who hears of presence is not to miss any from then on.
            if (node.registry.entered(to.bare()) == null) continue;
            Deliverer.Origin origin = new Deliverer.Origin(peer.id, 0, to.isFull());
            if (shown) node.deliverer.handedOver(stanza.withTo(to), origin);
            else node.deliverer.moved(stanza.withTo(to), origin);
        }
    }

    private void direct(Bytes.Reader in) {
        UserSession session = node.registry.find(in.jid());
        if (session != null) session.send(in.stanza());
        else node.counters.dropped().increment();
    }

    private void answers(Peer peer, Bytes.Reader in) {
        synchronized (order) {
            while (in.hasMore()) {
                long number = in.number();
                Answer answer = Answer.of(in.octet());
                StanzaError refusal = answer == Answer.REFUSED ? refusal(in.text(), in.text()) : null;
                Forwarded f = peer.outstanding.remove(number);
                if (f != null) f.answered(peer.id, answer, refusal);
            }
        }
    }

    private static StanzaError refusal(String condition, String text) {
        return Arrays.stream(Condition.values())
                .filter(c -> c.name().equals(condition))
                .findFirst()
                .orElse(Condition.UNDEFINED_CONDITION)
                .error(text);
    }

    private static void settled(Peer peer, Bytes.Reader in) {
        Arrival arrival = peer.kept.remove(in.number());
        if (arrival != null) arrival.settled(in.octet() == 1);
    }

    /** {@link Question#SETTLE}, of an account. */
    CompletionStage<byte[]> settleFor(NodeId asker, Bytes.Reader question) {
        Jid account = Jid.of(new String(question.rest(), StandardCharsets.UTF_8));
        CompletableFuture<byte[]> done = new CompletableFuture<>();
        whenSettled(account, asker, () -> done.complete(new byte[0]));
        // Two nodes may hold an account back at once and so wait for each other; rows that come later are told of.
        if (!done.isDone()) node.delays.schedule(() -> done.complete(new byte[0]), SETTLE_PATIENCE);
        return done;
    }

    /** Messages other nodes have not answered for yet. */
    int outstanding() {
        return peers.values().stream().mapToInt(p -> p.outstanding.size()).sum();
    }
}
