package org.skein.cluster.strategy.directory.internal;

import java.util.ArrayList;
import java.util.List;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.strategy.directory.internal.Wire.Reader;
import org.skein.cluster.strategy.directory.internal.Wire.Writer;
import org.skein.xmpp.Jid;

/**
 * What directories say to each other, all of it requests, version 1:
 *
 * <pre>
 * request  = 01 kind life(8) body
 * PLACED   01  { node life(8) }…               by these participants the sender places accounts from now on
 * TELL     02  { op jid | 04 placement(8) }…   op: 01 held here, 02 not held here, 03 dropped from my cache;
 *                                              04: all that is held here has been told and confirmed
 * CHANGES  03  { jid version 1+nodes | 0 }…    who holds an account you asked for; 0: ask again
 * ASK      04  placement(8) { jid }…
 *
 * answer   = 01 kind life(8) body
 * DONE     00
 * STRANGER 01                                  the sender's life is not known here, or over
 * FOUND    02  nodes { version nodes }…        nodes that may hold more than is known here, then each account asked
 * REFUSED  03                                  asked by another placement
 * </pre>
 */
final class Frames {
    private static final int VERSION = 1;
    static final int PLACED = 1;
    static final int TELL = 2;
    static final int CHANGES = 3;
    static final int ASK = 4;
    private static final int HELD = 1;
    private static final int GONE = 2;
    private static final int FORGET = 3;
    private static final int COMPLETE = 4;
    private static final int DONE = 0;
    private static final int STRANGER = 1;
    private static final int FOUND = 2;
    private static final int REFUSED = 3;

    private Frames() {}

    /** @param life of the sender */
    record Request(long life, Body body) {}

    sealed interface Body {}

    record Placed(Placement placement) implements Body {}

    /** @param complete the hash of a placement, 0 for none */
    record Tell(List<Jid> held, List<Jid> gone, List<Jid> forgotten, long complete) implements Body {}

    record Changes(List<Change> changes) implements Body {}

    record Ask(long placement, List<Jid> accounts) implements Body {}

    /**
     * Who holds an account.
     *
     * @param isVoid the asker has to ask again
     */
    record Change(Jid account, long version, List<NodeId> nodes, boolean isVoid) {}

    enum Outcome {
        DONE,
        STRANGER,
        FOUND,
        REFUSED
    }

    /** @param unknown nodes which may hold more than is known to who answers; if there are any, nothing may be cached */
    record Answer(Outcome outcome, long life, List<NodeId> unknown, List<Found> found) {}

    record Found(long version, List<NodeId> nodes) {}

    // requests

    private static Writer request(int kind, long life) {
        return new Writer().octet(VERSION).octet(kind).fixed(life);
    }

    static byte[] placed(long life, Placement placement) {
        Writer w = request(PLACED, life);
        placement.participants().forEach(p -> w.node(p.id()).fixed(p.life()));
        return w.toBytes();
    }

    static Writer tell(long life) {
        return request(TELL, life);
    }

    static void held(Writer w, Jid account, boolean isHeld) {
        w.octet(isHeld ? HELD : GONE).jid(account);
    }

    static void forget(Writer w, Jid account) {
        w.octet(FORGET).jid(account);
    }

    static void complete(Writer w, Placement placement) {
        w.octet(COMPLETE).fixed(placement.hash());
    }

    static Writer changes(long life) {
        return request(CHANGES, life);
    }

    static void change(Writer w, Change change) {
        w.jid(change.account).number(change.version);
        if (change.isVoid) {
            w.number(0);
            return;
        }
        w.number(1L + change.nodes.size());
        change.nodes.forEach(w::node);
    }

    static Writer ask(long life, Placement placement) {
        return request(ASK, life).fixed(placement.hash());
    }

    static void ask(Writer w, Jid account) {
        w.jid(account);
    }

    /** @throws IllegalArgumentException if it is none; nothing of it counts then */
    static Request request(byte[] bytes) {
        Reader in = new Reader(bytes);
        if (in.octet() != VERSION) throw new IllegalArgumentException("another version");
        int kind = in.octet();
        long life = in.fixed();
        return new Request(life, body(kind, in));
    }

    private static Body body(int kind, Reader in) {
        return switch (kind) {
            case PLACED -> placed(in);
            case TELL -> tell(in);
            case CHANGES -> {
                List<Change> changes = new ArrayList<>();
                while (in.hasMore()) changes.add(change(in));
                yield new Changes(changes);
            }
            case ASK -> {
                long placement = in.fixed();
                List<Jid> accounts = new ArrayList<>();
                while (in.hasMore()) accounts.add(in.jid());
                yield new Ask(placement, accounts);
            }
            default -> throw new IllegalArgumentException("kind " + kind);
        };
    }

    private static Placed placed(Reader in) {
        List<Participant> participants = new ArrayList<>();
        while (in.hasMore()) participants.add(new Participant(in.node(), in.fixed()));
        return new Placed(new Placement(-1, participants));
    }

    private static Tell tell(Reader in) {
        Tell tell = new Tell(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), 0);
        long complete = 0;
        while (in.hasMore()) {
            int op = in.octet();
            switch (op) {
                case HELD -> tell.held.add(in.jid());
                case GONE -> tell.gone.add(in.jid());
                case FORGET -> tell.forgotten.add(in.jid());
                case COMPLETE -> complete = in.fixed();
                default -> throw new IllegalArgumentException("op " + op);
            }
        }
        return new Tell(tell.held, tell.gone, tell.forgotten, complete);
    }

    private static Change change(Reader in) {
        Jid account = in.jid();
        long version = in.number();
        long count = in.number();
        if (count == 0) return new Change(account, version, List.of(), true);
        return new Change(account, version, in.nodes(count - 1), false);
    }

    // answers

    private static Writer answer(int kind, long life) {
        return new Writer().octet(VERSION).octet(kind).fixed(life);
    }

    static byte[] done(long life) {
        return answer(DONE, life).toBytes();
    }

    static byte[] stranger(long life) {
        return answer(STRANGER, life).toBytes();
    }

    static byte[] refused(long life) {
        return answer(REFUSED, life).toBytes();
    }

    static byte[] found(long life, List<NodeId> unknown, List<Found> found) {
        Writer w = answer(FOUND, life).nodes(unknown);
        found.forEach(f -> w.number(f.version).nodes(f.nodes));
        return w.toBytes();
    }

    /** @throws IllegalArgumentException if it is none */
    static Answer answer(byte[] bytes) {
        Reader in = new Reader(bytes);
        if (in.octet() != VERSION) throw new IllegalArgumentException("another version");
        int kind = in.octet();
        if (kind > REFUSED) throw new IllegalArgumentException("answer " + kind);
        long life = in.fixed();
        List<NodeId> unknown = kind == FOUND ? in.nodes(in.number()) : List.of();
        List<Found> found = new ArrayList<>();
        while (kind == FOUND && in.hasMore()) found.add(new Found(in.number(), in.nodes(in.number())));
        in.end();
        return new Answer(Outcome.values()[kind], life, unknown, found);
    }
}
