package org.skein.session.internal;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.skein.cluster.api.NodeId;
import org.skein.xmpp.Jid;
import org.skein.xmpp.StanzaError.Condition;
import org.skein.xmpp.StanzaException;
import org.skein.xmpp.StreamError;

/**
 * Binding a resource where other nodes may hold sessions of the account (CLUSTER 18, 23). All nodes are told before, and
 * those with sessions of the account tell which. Of two binds of one full JID under way the higher login number wins
 * everywhere; a session that is established gives way to any bind that comes after, which takes a higher number then.
 */
final class Binds {
    private static final int BIND = 0;
    private static final int MOVE = 1;
    private static final int FINE = 0;
    private static final int ENDED = 1; // the resource was bound there, and is no more
    private static final int LOST = 2; // a newer bind of it is under way there
    private static final int OLDER = 3; // it is bound there under a higher number
    private static final int SENDING = 8; // and besides: what was sent there under the address is not all safe

    private final ServerNode node;

    /** A bind under way. */
    final class Pending {
        final Account account;
        final Jid full;
        private long login; // guarded by account
        private boolean lost; // guarded by account
        private Gates<Jid>.Gate gate;
        private boolean published;
        private Set<NodeId> heard; // these know; null if nobody needs to: the session moves
        private List<NodeId> sending = List.of(); // where a session of before sent something that is not safe yet

        private Pending(Account account, Jid full, long login) {
            this.account = account;
            this.full = full;
            this.login = login;
        }

        private CompletionStage<Void> publish() {
            published = true;
            return node.published.publish(full);
        }

        long login() {
            synchronized (account) {
                return login;
            }
        }

        boolean isLost() {
            synchronized (account) {
                return lost;
            }
        }

        /** True if what a node sends from now on may be for the session this will be. */
        boolean isKnownTo(NodeId node) {
            return heard == null || heard.contains(node);
        }

        boolean isFor(String resource) {
            return full.resource().equals(resource);
        }

        /** The resource is bound, or it is not; what is for the account goes on. */
        void done(boolean bound) {
            if (!published) return;
            published = false;
            node.published.release(full); // a session that was bound holds it now
            if (gate == null) return;
            account.pendingDone(this);
            if (!bound) node.forwarding.unbound(node.forwarding.others(), full, login());
            Gates<Jid>.Gate g = gate;
            gate = null;
            g.release();
        }
    }

    Binds(ServerNode node) {
        this.node = node;
        node.questions.answerer(Question.BIND, this::asked);
        node.questions.answerer(Question.ECHO, (from, question) -> CompletableFuture.completedFuture(new byte[0]));
        node.questions.answerer(Question.MARKS, this::marked);
        node.questions.answerer(Question.SENT, (from, question) -> {
            question.octet();
            return node.departed.allSafe(question.jid()).thenApply(safe -> new byte[0]);
        });
    }

    /**
     * Tells all nodes. The stage fails with a {@link StanzaException} if the resource may not be bound; then, as in any
     * case, {@link Pending#done} is due.
     *
     * @param max sessions an account may have; 0 for no limit
     */
    CompletionStage<Pending> announce(Pending pending, int max) {
        if (node.forwarding.isAlone()) {
            return pending.publish().thenApply(known -> pending);
        }
        pending.gate = node.gates.hold(pending.account.jid()); // arrivals wait until it is bound, in their order
        pending.heard = ConcurrentHashMap.newKeySet();
        pending.account.pending(pending);
        return pending.publish().thenCompose(known -> ask(pending, max));
    }

    Pending begin(Account account, Jid full) {
        return begin(account, full, node.clock.millis());
    }

    Pending begin(Account account, Jid full, long login) {
        return new Pending(account, full, login);
    }

    /** Tells all nodes that a session moves here; its old node keeps it until it has handed it over. */
    CompletionStage<Void> move(Pending pending) {
        node.forwarding.moves(pending.account.jid());
        pending.gate = node.gates.hold(pending.account.jid());
        pending.account.pending(pending);
        byte[] question = new Bytes.Writer(MOVE, 64)
                .jid(pending.full)
                .number(pending.login())
                .done();
        return pending.publish()
                .thenCompose(known -> node.questions.askAll(Question.BIND, question))
                .thenAccept(answers -> answers.forEach((from, bytes) -> {
                    if (bytes.length == 0) return;
                    Bytes.Reader in = new Bytes.Reader(bytes);
                    in.octet();
                    in.number();
                    pending.account.elsewhere(sessions(in, pending.full, from, pending.account.jid()));
                }));
    }

    private List<Elsewhere> sessions(Bytes.Reader in, Jid but, NodeId from, Jid account) {
        List<Elsewhere> found = new ArrayList<>();
        while (in.hasMore()) {
            Jid full = account.withResource(in.text());
            long login = in.number();
            boolean established = in.octet() == 1;
            Set<String> marks = marks(in);
            if (established && !full.equals(but)) found.add(new Elsewhere(node, from, full, login, marks));
        }
        return found;
    }

    private CompletionStage<Pending> ask(Pending pending, int max) {
        byte[] question = new Bytes.Writer(BIND, 64)
                .jid(pending.full)
                .number(pending.login())
                .done();
        return node.questions
                .askAll(Question.BIND, question, pending.heard::add)
                .thenCompose(answers -> heard(pending, max, answers));
    }

    private CompletionStage<Pending> heard(Pending pending, int max, Map<NodeId, byte[]> answers) {
        boolean ended = false;
        boolean lost = false;
        long higher = 0;
        int sessions = 0;
        List<Elsewhere> found = new ArrayList<>();
        List<NodeId> sending = new ArrayList<>(0);
        for (Map.Entry<NodeId, byte[]> answer : answers.entrySet()) {
            if (answer.getValue().length == 0) continue;
            Bytes.Reader in = new Bytes.Reader(answer.getValue());
            int octet = in.octet();
            int code = octet & ~SENDING;
            long number = in.number();
            if (octet != code) sending.add(answer.getKey());
            ended |= code == ENDED;
            lost |= code == LOST;
            if (code == OLDER) higher = Math.max(higher, number);
            while (in.hasMore()) {
                Jid full = pending.account.jid().withResource(in.text());
                long login = in.number();
                boolean established = in.octet() == 1;
                Set<String> marks = marks(in);
                if (full.equals(pending.full)) continue;
                if (established) found.add(new Elsewhere(node, answer.getKey(), full, login, marks));
                if (established || login < pending.login()) sessions++;
            }
        }
        if (higher > 0) {
            synchronized (pending.account) {
                pending.login = Math.max(pending.login, higher) + 1;
            }
            return ask(pending, max);
        }
        if (lost || pending.isLost()) {
            return CompletableFuture.failedFuture(
                    new StanzaException(Condition.CONFLICT, "the resource is being bound by a newer session"));
        }
        pending.account.elsewhere(found);
        pending.sending = sending;
        if (max > 0 && sessions + pending.account.countBut(pending.full.resource()) >= max) {
            return CompletableFuture.failedFuture(
                    new StanzaException(Condition.RESOURCE_CONSTRAINT, "max-sessions-per-user: not more than " + max));
        }
        if (!ended) return CompletableFuture.completedFuture(pending);
        // What the ended session gave back comes again from its origins: it is on its way here when they have echoed.
        return node.questions.askAll(Question.ECHO, new byte[0]).thenApply(all -> pending);
    }

    /**
     * What the client sends now goes behind what an earlier session of this full JID sent at another node (CLUSTER 11). Loop
     * of the session.
     */
    void awaitEarlier(Pending pending, UserSession session) {
        if (pending.sending.isEmpty()) return;
        session.intake().hold();
        byte[] question = new Bytes.Writer(0, 64).jid(session.jid()).done();
        node.questions
                .ask(pending.sending, Question.SENT, question)
                .thenAccept(safe -> session.run(session.intake()::goOn));
    }

    /** The full JID the question is about, or null if it only moves. */
    static Jid comes(Bytes.Reader question) {
        return question.octet() == MOVE ? null : question.jid();
    }

    private CompletionStage<byte[]> asked(NodeId from, Bytes.Reader question) {
        boolean moves = question.octet() == MOVE;
        Jid full = question.jid();
        long login = question.number();
        if (moves) node.forwarding.moves(full.bare());
        Account account = node.registry.entered(full.bare());
        if (account != null && moves) {
            account.elsewhere(List.of(new Elsewhere(node, from, full, login, Set.of())));
            return answer(FINE, 0, full, account);
        }
        if (account == null) return CompletableFuture.completedFuture(new byte[] {(byte) with(full, FINE), 0});
        UserSession conflict;
        byte[] answer;
        synchronized (account) {
            for (Pending mine : account.pending()) {
                if (!mine.isFor(full.resource())) continue;
                boolean mineWins = mine.login > login
                        || mine.login == login && node.cluster().self().compareTo(from) > 0;
                if (mineWins) return answer(LOST, 0, full, account);
                mine.lost = true;
            }
            conflict = account.find(full.resource());
            if (conflict != null && conflict.login() >= login) return answer(OLDER, conflict.login(), full, account);
            account.elsewhere(List.of(new Elsewhere(node, from, full, login, Set.of())));
        }
        if (conflict == null) return answer(FINE, 0, full, account);
        CompletableFuture<byte[]> done = new CompletableFuture<>();
        conflict.end(
                StreamError.Condition.CONFLICT.error("replaced by a new session"),
                () -> node.questions
                        .askAll(Question.ECHO, new byte[0]) // who had sent it messages knows that it is gone
                        .thenCompose(all -> answer(ENDED, 0, full, account))
                        .thenAccept(done::complete));
        return done;
    }

    private int with(Jid full, int code) {
        return node.departed.contains(full) ? code | SENDING : code;
    }

    private CompletionStage<byte[]> answer(int code, long number, Jid full, Account account) {
        Bytes.Writer w = new Bytes.Writer(with(full, code), 64).number(number);
        synchronized (account) {
            for (UserSession s : account.all()) {
                w.text(s.jid().resource()).number(s.login()).octet(1);
                marks(w, s.marks());
            }
            for (Pending p : account.pending()) {
                w.text(p.full.resource()).number(p.login).octet(0);
                marks(w, Set.of());
            }
        }
        return CompletableFuture.completedFuture(w.done());
    }

    private static void marks(Bytes.Writer w, Set<String> marks) {
        w.number(marks.size());
        marks.forEach(w::text);
    }

    private static Set<String> marks(Bytes.Reader in) {
        Set<String> marks = new HashSet<>();
        for (int n = in.count(); n > 0; n--) {
            marks.add(in.text());
        }
        return Set.copyOf(marks);
    }

    /** Nodes came: the sessions of this node are told to them, so that each knows where an account has others. */
    void introduce(Set<NodeId> joined) {
        for (UserSession session : node.registry.snapshot()) {
            byte[] question = new Bytes.Writer(BIND, 64)
                    .jid(session.jid())
                    .number(session.login())
                    .done();
            node.questions.ask(joined, Question.BIND, question).thenAccept(answers -> introduced(session, answers));
        }
    }

    private void introduced(UserSession session, Map<NodeId, byte[]> answers) {
        answers.forEach((from, bytes) -> {
            if (bytes.length == 0) return;
            Bytes.Reader in = new Bytes.Reader(bytes);
            int code = in.octet() & ~SENDING;
            in.number();
            if (code == LOST || code == OLDER) {
                session.end(StreamError.Condition.CONFLICT.error("replaced by a newer session"), () -> {});
                return;
            }
            List<Elsewhere> found =
                    sessions(in, session.jid(), from, session.jid().bare());
            session.account().elsewhere(found);
            if (!found.isEmpty()) tellMarks(session);
        });
    }

    // ---- marks

    /** Tells the nodes with sessions of the account. */
    CompletionStage<Void> tellMarks(UserSession session) {
        Set<NodeId> nodes = session.account().nodesElsewhere();
        if (nodes.isEmpty()) return CompletableFuture.completedFuture(null);
        Bytes.Writer w = new Bytes.Writer(0, 64).jid(session.jid()).number(session.login());
        marks(w, session.marks());
        return node.questions.ask(nodes, Question.MARKS, w.done()).thenApply(all -> null);
    }

    private CompletionStage<byte[]> marked(NodeId from, Bytes.Reader question) {
        question.octet();
        Jid full = question.jid();
        long login = question.number();
        Set<String> marks = marks(question);
        Account account = node.registry.entered(full.bare());
        if (account != null) account.marked(new Elsewhere(node, from, full, login, marks));
        return CompletableFuture.completedFuture(new byte[0]);
    }

    /** For {@link Forwarding#settle}. */
    static byte[] utf8(Jid jid) {
        return jid.toString().getBytes(StandardCharsets.UTF_8);
    }
}
