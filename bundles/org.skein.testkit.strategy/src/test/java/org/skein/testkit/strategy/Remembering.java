package org.skein.testkit.strategy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeSet;
import org.skein.cluster.api.Peers;
import org.skein.cluster.api.View;
import org.skein.cluster.api.strategy.ClusteringStrategy;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/** A correct strategy, small and naive: it remembers who said that an account is there. With a flaw it is not correct. */
class Remembering implements ClusteringStrategy {
    /** Mistakes one can make. */
    enum Flaw {
        NONE,
        /** A bind is complete before the others know. */
        BIND_DOES_NOT_WAIT,
        /** Who is not available is taken for gone. */
        UNAVAILABLE_IS_GONE,
        /** What peers said to the life before is still believed. */
        REMEMBERS_AFTER_RESTART,
        /** That a session ended at one node hides one at another. */
        GONE_EVERYWHERE,
        /** That one of two sessions at a node ended hides the other. */
        ONE_SESSION_EACH,
        /** A node that began anew is still believed what it said before. */
        NO_NEWCOMERS,
        /** Who publishes no more is told nothing, though its next life may have the list already. */
        TELLS_PUBLISHERS_ONLY,
        /** Who does not answer in time is taken for one who knows. */
        GIVES_UP
    }

    private static final int HELLO = 1;
    private static final int SOME = 2;
    private static final int ALL = 3; // with the SOME before it
    private static final int HERE = 4;
    private static final int GONE = 5;
    private static final int IN_A_MESSAGE = 300; // of 1 MiB, as an address may be long
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(5);
    private static final Duration AGAIN_AFTER = Duration.ofMillis(100);

    private final Flaw flaw;

    /** Accounts of each node that answered our hello. */
    private final Map<NodeId, Set<Jid>> told = new ConcurrentHashMap<>();

    private final Map<NodeId, Set<Jid>> coming = new ConcurrentHashMap<>(); // the lists not complete yet
    private final Map<Jid, Set<Jid>> mine = new HashMap<>(); // guarded by this
    private final Map<NodeId, Object> listeners = new HashMap<>(); // and their hello; guarded by this
    private volatile List<NodeId> others = List.of();
    private volatile Context context;

    Remembering() {
        this(Flaw.NONE);
    }

    Remembering(Flaw flaw) {
        this.flaw = flaw;
    }

    @Override
    public synchronized CompletionStage<Void> start(Context begun) {
        context = begun;
        if (flaw != Flaw.REMEMBERS_AFTER_RESTART) told.clear();
        coming.clear();
        mine.clear();
        listeners.clear();
        begun.sessions().forEach(s -> here(s.full()));
        changed(begun.view());
        others.forEach(this::hello);
        return CompletableFuture.completedFuture(null);
    }

    private void hello(NodeId to) {
        context.send(to, message(HELLO, List.of()));
    }

    @Override
    public NodeSet locate(Jid account) {
        List<NodeId> nodes = new ArrayList<>();
        for (NodeId node : others) {
            Set<Jid> accounts = told.get(node);
            if (accounts == null || accounts.contains(account)) nodes.add(node);
        }
        return NodeSet.of(nodes);
    }

    private void here(Jid full) {
        mine.computeIfAbsent(full.bare(), account -> new HashSet<>()).add(full);
    }

    @Override
    public synchronized CompletionStage<Void> bound(Jid full) {
        here(full);
        List<CompletableFuture<?>> answers = new ArrayList<>();
        // A copy, as an answer may be there at once and change it.
        new HashMap<>(listeners).forEach((node, hello) -> {
            CompletableFuture<Void> known = new CompletableFuture<>();
            answers.add(known);
            tell(full.bare(), node, hello, known);
        });
        if (flaw == Flaw.BIND_DOES_NOT_WAIT) return CompletableFuture.completedFuture(null);
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new));
    }

    /** Again until it answers: it knows only if it says so. If it never does, the core gives up first. */
    private void tell(Jid account, NodeId node, Object hello, CompletableFuture<Void> known) {
        if (!isHere(account)) {
            known.complete(null); // gone meanwhile
            return;
        }
        context.call(node, message(HERE, List.of(account)), ANSWER_WITHIN).thenAccept(reply -> {
            if (reply.result() == Peers.Result.TIMEOUT && flaw != Flaw.GIVES_UP) {
                context.whenWritable(node, () -> context.later(AGAIN_AFTER, () -> tell(account, node, hello, known)));
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
    public void presence(Jid full, Optional<Stanza> presence) {
        if (flaw == Flaw.UNAVAILABLE_IS_GONE && presence.isEmpty()) unbound(full);
    }

    @Override
    public synchronized void unbound(Jid full) {
        Set<Jid> sessions = mine.getOrDefault(full.bare(), new HashSet<>());
        sessions.remove(full);
        if (!sessions.isEmpty() && flaw != Flaw.ONE_SESSION_EACH) return;
        mine.remove(full.bare());
        listeners.keySet().forEach(node -> context.send(node, message(GONE, List.of(full.bare()))));
    }

    @Override
    public synchronized void changed(View view) {
        others = view.ids().stream().filter(id -> !id.equals(context.self())).toList();
        told.keySet().retainAll(others);
        coming.keySet().retainAll(others);
        listeners.keySet().retainAll(others);
    }

    @Override
    public synchronized void publishes(NodeId member, boolean does) {
        if (flaw == Flaw.TELLS_PUBLISHERS_ONLY && !does) listeners.remove(member);
        if (flaw == Flaw.NO_NEWCOMERS && told.containsKey(member)) return;
        told.remove(member);
        coming.remove(member);
        if (does) hello(member);
    }

    @Override
    public void received(NodeId from, byte[] message) {
        Said said = Said.parse(message);
        switch (said.kind) {
            case HELLO -> welcome(from);
            case SOME -> coming(from).addAll(said.accounts);
            case ALL -> {
                coming(from).addAll(said.accounts);
                told.put(from, coming.remove(from));
            }
            case GONE -> {
                if (flaw == Flaw.GONE_EVERYWHERE) told.values().forEach(those -> those.removeAll(said.accounts));
                else if (told.containsKey(from)) told.get(from).removeAll(said.accounts);
            }
            default -> throw new IllegalArgumentException("kind " + said.kind);
        }
    }

    private Set<Jid> coming(NodeId from) {
        return coming.computeIfAbsent(from, node -> ConcurrentHashMap.newKeySet());
    }

    /** In one go, so that whoever binds is either in the list or told after it. */
    private synchronized void welcome(NodeId node) {
        listeners.put(node, new Object());
        List<Jid> rest = new ArrayList<>(mine.keySet());
        while (rest.size() > IN_A_MESSAGE) {
            List<Jid> some = rest.subList(rest.size() - IN_A_MESSAGE, rest.size());
            context.send(node, message(SOME, some));
            some.clear();
        }
        context.send(node, message(ALL, rest));
    }

    @Override
    public CompletionStage<byte[]> called(NodeId from, byte[] request) {
        Said said = Said.parse(request);
        if (said.kind != HERE) throw new IllegalArgumentException("kind " + said.kind);
        Set<Jid> accounts = told.get(from);
        if (accounts != null) accounts.addAll(said.accounts); // else the list comes
        return CompletableFuture.completedFuture(new byte[0]);
    }

    private static byte[] message(int kind, Collection<Jid> accounts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(kind);
            out.writeInt(accounts.size());
            for (Jid account : accounts) out.writeUTF(account.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private record Said(int kind, List<Jid> accounts) {
        /** @throws IllegalArgumentException and the core then includes who sent it until it begins anew */
        static Said parse(byte[] message) {
            try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(message))) {
                int kind = in.readByte();
                List<Jid> accounts = new ArrayList<>();
                for (int i = in.readInt(); i > 0; i--) accounts.add(Jid.of(in.readUTF()));
                if (in.read() >= 0) throw new IllegalArgumentException("too long");
                return new Said(kind, accounts);
            } catch (IOException e) {
                throw new IllegalArgumentException(e);
            }
        }
    }

    @Override
    public Map<String, Long> figures() {
        return Map.of("users", told.values().stream().mapToLong(Set::size).sum());
    }
}
