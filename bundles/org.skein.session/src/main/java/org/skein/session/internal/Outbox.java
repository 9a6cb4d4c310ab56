package org.skein.session.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.skein.api.component.DeliveryListener;
import org.skein.api.component.Outcome;
import org.skein.api.session.ClientStream;
import org.skein.api.storage.MessageNumber;
import org.skein.api.storage.QuotaException;
import org.skein.api.storage.Spool;
import org.skein.xmpp.Element;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StanzaError.Condition;
import org.skein.xmpp.StreamError;
import org.skein.xmpp.XmppDateTime;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a session was given and its client has not confirmed, in order. A client with stream management confirms by
 * {@code <a/>}, any other when its socket took the bytes. Event loop of the session.
 *
 * <p>A message not confirmed in time gets a row in the spool as well, and is safe. When too much is in memory, new
 * messages get only the row ({@link #spooling}); they are read back, a page at a time, once all that is in memory is
 * confirmed; until then what comes is put behind them. So rows and memory are in one order, and memory is bounded.
 */
final class Outbox {
    private static final Duration RETRY = Duration.ofSeconds(10);
    private static final Logger log = LoggerFactory.getLogger(Outbox.class);

    private final UserSession session;
    private final ServerNode node;
    private Out first;
    private Out last;
    private int count;
    private long bytes;

    private boolean managed; // XEP-0198 is on
    private int beforeManaged; // the oldest in the queue, written before it was on; the socket confirms them
    private int acked; // the client's last h
    private boolean requested; // an <r/> is out
    private boolean requestPlanned;
    private boolean writtenSinceRequest;

    private AutoCloseable timer;
    private boolean spooling; // rows follow that are not in memory
    private boolean offlineRemains; // they begin with offline rows not yet claimed
    private boolean reading; // a page is on its way
    private int rowsInMemory; // of the queue, those with a row
    private int storing; // writes under way
    private int appends; // counts messages that got only a row
    private int appending; // of the writes under way, those
    private int deleting; // deletions under way
    private List<MessageNumber> undeleted; // null for none; confirmed, but their rows are there still
    private Set<MessageNumber> redundant; // rows of messages the user has by another session; null for none
    private boolean unsureOfRows; // a write or claim failed, and may have been done all the same
    private boolean releasing; // closed: nothing is being written any more
    private boolean resolved; // closed: nothing waits any more
    private Runnable handing; // not null: everything goes to another node
    private Runnable closed; // not null: nothing is written any more

    Outbox(UserSession session, ServerNode node) {
        this.session = session;
        this.node = node;
    }

    int size() {
        return count;
    }

    boolean isManaged() {
        return managed;
    }

    // ---- giving

    void add(Out out) {
        if (closed != null) {
            if (resolved) gone(out);
            else link(out);
            return;
        }
        out.since = node.nanos.getAsLong();
        if (out.listener() instanceof Fanout f && f.originNumber() != null) session.given(f.originNumber());
        boolean durable = out.isDurable();
        if (durable && (spooling || isFull(out.since))) {
            append(out);
            return;
        }
        if (!durable && isHopeless(out.since)) {
            // Presence, iq and copies cannot wait in the database; such a client is of no use to anybody.
            gone(out);
            session.end(StreamError.Condition.RESOURCE_CONSTRAINT.error("too much is unconfirmed"));
            return;
        }
        Stanza written = session.processed(out.stanza);
        if (written == null) {
            out.answer(Outcome.DELIVERED);
            return;
        }
        out.written = written;
        link(out);
        write(out);
        if (durable || !managed) watch();
    }

    /** Writes what a delivery processor had held back, in front of the stanza it sees now. */
    void release(List<Stanza> held) {
        for (Stanza stanza : held) {
            Out out = new Out(session, stanza, DeliveryListener.NONE);
            out.since = node.nanos.getAsLong();
            out.written = stanza;
            link(out);
            write(out);
        }
    }

    /** A client that confirms may fill the queue up to four times the limit within the time it has to confirm. */
    private boolean isFull(long now) {
        Settings settings = node.settings;
        if (first == null || !settings.isOverUnacked(count, bytes)) return false;
        return now - first.since > settings.confirmWithin().toNanos() || settings.isFarOverUnacked(count, bytes);
    }

    /** A login may bring thousands of presences at once; who has not confirmed one of them for long gets no more. */
    private boolean isHopeless(long now) {
        Settings settings = node.settings;
        if (first == null || !settings.isFarOverUnacked(count, bytes)) return false;
        return settings.isFarOverUnacked(0, bytes)
                || now - first.since > 10 * settings.confirmWithin().toNanos();
    }

    private void link(Out out) {
        if (last == null) first = out;
        else last.next = out;
        last = out;
        count++;
        bytes += out.bytes();
    }

    private void write(Out out) {
        if (!session.isConnected()) return;
        session.stream().write(out.written);
        node.counters.sent().increment();
        writtenSinceRequest = true;
        if (managed) planRequest();
    }

    // ---- confirming

    /** The socket took so many stanzas. */
    void taken(int n) {
        if (managed) {
            int earlier = Math.min(n, beforeManaged);
            beforeManaged -= earlier;
            confirm(earlier);
        } else {
            confirm(n);
        }
    }

    void manage() {
        managed = true;
        beforeManaged = count;
        acked = 0;
    }

    /** @return false if the client says it has more than it was sent */
    boolean ack(int h) {
        int more = h - acked;
        if (Integer.compareUnsigned(more, sentUnacked()) > 0) return false;
        requested = false;
        acked = h;
        if (more != 0) {
            more += beforeManaged;
            beforeManaged = 0;
        }
        confirm(more);
        if (first != null && managed && session.isConnected()) planRequest();
        return true;
    }

    /** How many stanzas the client may still confirm. */
    int sentUnacked() {
        return count - beforeManaged;
    }

    int ackedTo() {
        return acked;
    }

    private void confirm(int n) {
        List<MessageNumber> done = null;
        for (int i = 0; i < n && first != null; i++) {
            Out out = first;
            first = out.following();
            if (first == null) last = null;
            out.next = null;
            count--;
            bytes -= out.bytes();
            out.confirmed = true;
            if (out.row == Out.Row.STORED) {
                rowsInMemory--;
                if (done == null) done = new ArrayList<>();
                done.add(out.number);
                if (redundant != null) redundant.remove(out.number);
            } else if (out.sharer != null) {
                out.sharer.deliveredElsewhere(); // it had to be refused, but the client has it
            }
            out.answer(Outcome.DELIVERED);
        }
        if (done != null) delete(done);
        if (spooling) readOn();
    }

    private void planRequest() {
        if (requested || requestPlanned || !writtenSinceRequest) return;
        requestPlanned = true;
        ClientStream stream = session.stream();
        stream.execute(() -> {
            if (session.stream() == stream) request();
        });
    }

    private void request() {
        requestPlanned = false;
        if (requested || first == null || closed != null || !session.isConnected()) return;
        requested = true;
        writtenSinceRequest = false;
        session.stream().write(StreamManagement.REQUEST);
    }

    /** A new stream continues the session: what it has not confirmed goes out again, in order. */
    void resend() {
        requested = false;
        requestPlanned = false;
        beforeManaged = 0; // on a resumed stream all count
        for (Out out = first; out != null; out = out.following()) {
            write(out);
        }
        if (spooling) readOn();
        if (first != null) watch();
    }

    // ---- the clock

    private void watch() {
        if (timer == null && closed == null) tickIn(node.settings.confirmWithin());
    }

    private void tickIn(Duration delay) {
        timer = session.later(this::tick, Delays.stepped(delay, node.nanos.getAsLong()));
    }

    private void tick() {
        timer = null;
        if (closed != null || first == null) return;
        long now = node.nanos.getAsLong();
        long patience = node.settings.confirmWithin().toNanos();
        Duration stalledAfter = node.settings.stalledAfter();
        if (!managed && !stalledAfter.isZero() && now - first.since >= stalledAfter.toNanos()) {
            session.end(StreamError.Condition.RESOURCE_CONSTRAINT.error("stalled-after: you do not read"));
            return;
        }
        long next = patience;
        boolean again = !managed;
        for (Out out = first; out != null; out = out.following()) {
            if (!out.isDurable()) continue;
            again = true;
            if (out.row != Out.Row.NONE) continue;
            long left = patience - (now - out.since);
            if (left > 0) {
                next = left;
                break;
            }
            park(out);
        }
        if (again && timer == null && closed == null) tickIn(Duration.ofNanos(Math.max(next, 1_000_000)));
    }

    // ---- the database

    private Spool.Entry entry(Out out) {
        if (out.number == null) {
            out.number = out.listener() instanceof Fanout d ? d.rowNumber() : node.nextNumber();
        }
        Instant taken = node.clock.instant().minusNanos(node.nanos.getAsLong() - out.since);
        return new Spool.Entry(session.account().jid(), session.id(), out.number, taken, out.stanza);
    }

    private void park(Out out) {
        // Not in isDurable: such messages take the way of all others as long as they can.
        if (session.isWarmUp()) return;
        out.row = Out.Row.STORING;
        storing++;
        node.offline.write(entry(out)).whenComplete((done, failure) -> session.run(() -> parked(out, failure)));
    }

    /**
     * The session takes no messages for the bare address any more: what comes next is stored, so what is unconfirmed is
     * stored before it.
     */
    void parkAll() {
        if (closed != null) return; // its end sees to all
        for (Out out = first; out != null; out = out.following()) {
            if (out.isDurable() && out.row == Out.Row.NONE) park(out);
        }
    }

    private void parked(Out out, Throwable failure) {
        storing--;
        if (failure == null) {
            node.counters.parked().increment();
            out.row = Out.Row.STORED;
            if (out.confirmed) {
                delete(List.of(out.number));
            } else {
                rowsInMemory++;
            }
            stored(out);
        } else {
            out.row = Out.Row.NONE;
            unsureOfRows = true;
            boolean quota = Failures.cause(failure) instanceof QuotaException;
            long waited = node.nanos.getAsLong() - out.since;
            if (quota || waited >= Delays.STORAGE_PATIENCE.toNanos()) refuse(out, failure);
        }
        written();
    }

    private void stored(Out out) {
        if (out.listener() instanceof Fanout d && d.storedAs(session, out.number)) out.sharer = d;
        out.answer(Outcome.STORED);
    }

    /** A row that must not become an offline one. */
    void redundant(MessageNumber row) {
        if (redundant == null) redundant = new HashSet<>();
        redundant.add(row);
    }

    private void refuse(Out out, Throwable failure) {
        if (out.listener() instanceof Fanout d) {
            d.refusal(Failures.error(failure));
            if (d.shared) out.sharer = d;
        }
        out.answer(Outcome.REFUSED);
    }

    private void append(Out out) {
        if (!spooling) parkAll(); // what is in memory is older: its rows come first, should this session end
        spooling = true;
        appends++;
        appending++;
        storing++;
        node.offline
                .write(entry(out))
                .whenComplete((done, failure) -> session.run(() -> {
                    storing--;
                    appending--;
                    if (failure == null) {
                        node.counters.parked().increment();
                        out.answer(Outcome.STORED);
                    } else {
                        unsureOfRows = true;
                        refuse(out, failure);
                    }
                    written();
                    if (spooling) readOn();
                }));
    }

    private void written() {
        if (closed == null || releasing || storing > 0 || deleting > 0) return;
        releasing = true;
        if (handing != null) handing.run();
        else release();
    }

    private void delete(List<MessageNumber> numbers) {
        deleting++;
        node.offline
                .delete(session.account().jid(), session.id(), numbers)
                .whenComplete((done, failure) -> session.run(() -> deleted(numbers, failure)));
    }

    private void deleted(List<MessageNumber> numbers, Throwable failure) {
        deleting--;
        if (failure != null) {
            log.debug("what=rows_not_deleted session={} rows={}", session.id(), numbers.size(), failure);
            if (undeleted == null) {
                undeleted = new ArrayList<>();
                session.later(this::deleteAgain, RETRY);
            }
            undeleted.addAll(numbers);
        } else if (spooling) {
            readOn();
        }
        written();
    }

    private void deleteAgain() {
        List<MessageNumber> again = undeleted;
        undeleted = null;
        if (again != null && closed == null) delete(again);
    }

    /** Offline rows given to this session; more of them may remain. */
    void rows(List<Spool.Entry> rows, boolean more) {
        if (more) {
            spooling = true;
            offlineRemains = true;
        }
        List<MessageNumber> handled = null;
        for (Spool.Entry entry : rows) {
            Out out = new Out(session, entry.stanza(), DeliveryListener.NONE);
            out.number = entry.number();
            out.since = node.nanos.getAsLong();
            out.row = Out.Row.STORED;
            Stanza written = session.processed(entry.stanza().withAdded(delay(entry)));
            if (written == null) {
                if (handled == null) handled = new ArrayList<>();
                handled.add(entry.number());
                continue;
            }
            out.written = written;
            rowsInMemory++;
            link(out);
            write(out);
        }
        if (handled != null) delete(handled);
        if (!managed) watch();
        if (spooling) readOn();
    }

    /** XEP-0203: who kept it (the server), and since when. */
    private Element delay(Spool.Entry entry) {
        return Element.builder("delay", "urn:xmpp:delay")
                .attribute("from", session.jid().domain())
                .attribute("stamp", XmppDateTime.format(entry.storedAt()))
                .build();
    }

    /** Reads the next page if it is time to. */
    private void readOn() {
        if (reading || rowsInMemory > 0 || storing > appending || deleting > 0 || undeleted != null) return;
        if (closed != null || !session.isConnected()) return;
        reading = true;
        if (offlineRemains) {
            node.offline
                    .claim(session)
                    .whenComplete((rows, failure) -> session.run(() -> {
                        reading = false;
                        if (failed(failure)) return;
                        offlineRemains = Spool.mayBeMore(rows, Offline.PAGE);
                        rows(rows, false);
                    }));
            return;
        }
        int appendsBefore = appends;
        boolean settled = appending == 0;
        parkedRows()
                .whenComplete((rows, failure) -> session.run(() -> {
                    reading = false;
                    if (failed(failure)) return;
                    boolean all = !Spool.mayBeMore(rows, Offline.PAGE) && settled && appends == appendsBefore;
                    if (all) spooling = false;
                    if (rows.isEmpty() && !all && appending > 0) return; // goes on when those are written
                    rows(rows, false);
                }));
    }

    private CompletionStage<List<Spool.Entry>> parkedRows() {
        try {
            return node.delays.limited(node.spool().parked(session.account().jid(), session.id(), Offline.PAGE));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** A claim failed, and may have been done all the same. */
    void rowsUnknown() {
        unsureOfRows = true;
    }

    /** Gives back what such a claim may have taken, unless there are rows it could be mixed up with: then at the end. */
    void freeUnknownRows(Runnable then) {
        boolean own = spooling || rowsInMemory > 0 || storing > 0 || deleting > 0;
        if (!unsureOfRows || own || undeleted != null || redundant != null || closed != null) {
            then.run();
            return;
        }
        CompletionStage<?> released;
        try {
            released =
                    node.delays.limited(node.spool().release(session.account().jid(), session.id()));
        } catch (RuntimeException e) {
            released = CompletableFuture.failedFuture(e);
        }
        released.whenComplete((rows, failure) -> {
            if (failure != null) log.debug("what=unknown_rows_not_released session={}", session.id(), failure);
            then.run();
        });
    }

    private boolean failed(Throwable failure) {
        if (failure == null) return false;
        unsureOfRows = true;
        log.debug("what=parked_not_read session={}", session.id(), failure);
        session.later(
                () -> {
                    if (spooling) readOn();
                },
                RETRY);
        return true;
    }

    // ---- moving to another node

    /**
     * Stores what can be stored, then writes all that waits for the client, in order. What comes meanwhile, and what
     * could not be stored, is answered ABSENT: its origins try it at the new node.
     *
     * @param then run when the rows are the other node's; nothing is here any more
     */
    void handOver(String newId, Bytes.Writer w, Runnable then) {
        for (Out out = first; out != null; out = out.following()) {
            if (out.isDurable() && out.row == Out.Row.NONE) park(out);
        }
        handing = () -> node.delays
                .limited(node.spool().move(session.account().jid(), session.id(), newId))
                .whenComplete((moved, failure) -> session.run(() -> {
                    if (failure != null) log.warn("what=rows_not_moved session={}", session.id(), failure);
                    handedOver(w, failure == null);
                    then.run();
                }));
        close(() -> {});
    }

    private void handedOver(Bytes.Writer w, boolean rowsMoved) {
        w.number(acked & 0xFFFFFFFFL).octet(spooling || !rowsMoved ? 1 : 0).octet(offlineRemains ? 1 : 0);
        List<Out> kept = new ArrayList<>();
        List<Out> rest = new ArrayList<>();
        for (Out out = first; out != null; out = out.following()) {
            boolean unsafe = out.isAwaited() && out.stanza.isMessage();
            boolean unwritten = out.written == null; // it came after the end began
            (unsafe || unwritten ? rest : kept).add(out);
        }
        w.number(kept.size());
        for (Out out : kept) {
            boolean row = out.row == Out.Row.STORED;
            w.octet(row ? 1 : 0);
            if (row) w.number(out.number.origin()).number(out.number.n());
            w.stanza(out.stanza).stanza(out.written);
            out.answer(Outcome.DELIVERED);
        }
        first = null;
        last = null;
        count = 0;
        resolved = true;
        rest.forEach(this::gone);
    }

    /** What {@link #handOver} wrote. */
    void adopt(Bytes.Reader in) {
        managed = true;
        acked = (int) in.number();
        spooling = in.octet() == 1;
        offlineRemains = in.octet() == 1;
        for (int i = in.count(); i > 0; i--) {
            boolean row = in.octet() == 1;
            MessageNumber number = row ? new MessageNumber(in.number(), in.number()) : null;
            Out out = new Out(session, in.stanza(), DeliveryListener.NONE);
            out.written = in.stanza();
            out.since = node.nanos.getAsLong();
            if (row) {
                out.number = number;
                out.row = Out.Row.STORED;
                rowsInMemory++;
            }
            link(out);
        }
    }

    /** There may be rows of this session that it does not know. */
    void unsure() {
        unsureOfRows = true;
    }

    // ---- the end

    /** Hands everything unconfirmed on: rows become offline ones, other messages are answered ABSENT, in order. */
    void close(Runnable whenClosed) {
        closed = whenClosed;
        Delays.cancel(timer);
        timer = null;
        written();
    }

    private void release() {
        if (!spooling && rowsInMemory == 0 && undeleted == null && !unsureOfRows) {
            resolve();
            return;
        }
        for (Out out = first; out != null; out = out.following()) {
            CompletionStage<Void> unsettled = out.sharer == null ? null : out.sharer.unsettled();
            if (unsettled != null) {
                unsettled.thenRun(() -> session.run(this::release)); // soon: others answer within the time to confirm
                return;
            }
        }
        List<MessageNumber> confirmed = new ArrayList<>(0);
        if (undeleted != null) confirmed.addAll(undeleted);
        if (redundant != null) confirmed.addAll(redundant);
        for (Out out = first; out != null; out = out.following()) {
            if (out.sharer != null && out.sharer.withdraw(session)) confirmed.add(out.number);
        }
        undeleted = null;
        redundant = null;
        node.offline
                .release(session.account().jid(), session.id(), confirmed)
                .thenCompose(rows -> rows > 0 ? flushElsewhere() : CompletableFuture.completedFuture(null))
                .whenComplete((done, failure) -> session.run(this::resolve));
    }

    private CompletionStage<Void> flushElsewhere() {
        UserSession other = session.account().accepting();
        return other == null || node.stopping ? CompletableFuture.completedFuture(null) : node.offline.flush(other);
    }

    private void resolve() {
        while (first != null) {
            Out out = first;
            first = out.following();
            out.next = null;
            gone(out);
        }
        last = null;
        count = 0;
        resolved = true;
        closed.run();
    }

    /** A stanza that this session will not deliver any more. */
    void gone(Out out) {
        if (out.row == Out.Row.STORED) return;
        if (out.isAwaited()) {
            out.answer(Outcome.ABSENT);
        } else if (out.stanza.isRequest()) {
            node.refuse(out.stanza, Condition.RECIPIENT_UNAVAILABLE.error());
        } else {
            node.counters.dropped().increment();
        }
    }

    @Override
    public String toString() {
        return "count=" + count + " rows=" + rowsInMemory + " storing=" + storing + " deleting=" + deleting
                + " spooling="
                + spooling + " reading=" + reading + " undeleted=" + (undeleted != null) + " managed=" + managed
                + " closed=" + (closed != null);
    }
}
