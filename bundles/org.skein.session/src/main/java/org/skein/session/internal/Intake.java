package org.skein.session.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.skein.api.component.IqHandler;
import org.skein.api.component.IqRequest;
import org.skein.api.component.Outcome;
import org.skein.api.session.ClientProcessor;
import org.skein.api.session.NonzaHandler;
import org.skein.api.session.Verdict;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.Peers;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Ns;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StanzaError;
import org.skein.xmpp.StanzaError.Condition;
import org.skein.xmpp.StreamError;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a client sends: checked, stamped, run through the processors, routed, and remembered until safe. Event loop of the
 * session. While one stanza is decided elsewhere, those behind it wait in {@link #queue} and reading stops.
 */
final class Intake {
    private static final int MAX_QUEUED = 4096; // what one read may bring after reading was stopped
    private static final int PAUSE_QUEUED = 16;
    private static final Logger log = LoggerFactory.getLogger(Intake.class);
    private static final VarHandle SWEEPING;

    static {
        try {
            SWEEPING = MethodHandles.lookup().findVarHandle(Intake.class, "sweeping", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final UserSession session;
    private final ServerNode node;
    private Inflight earlier; // oldest of those sent before <enable/>; they do not count; null mostly
    private Inflight first; // oldest that is not known to be safe
    private Inflight last;
    private Inflight dropped; // it and those behind it were never processed: the session was ended before; null mostly
    private int inflight;
    private int received; // stanzas, modulo 2^32; from <enable/> on
    private int told; // the last h the client was told
    private boolean answerOwed; // the client asked, and knows less than it could
    private boolean overWindow;
    private boolean overQueue;
    private boolean overLink;
    private Runnable whenSafe; // null mostly
    private volatile boolean watched; // who becomes safe must say so
    private volatile boolean sweeping;
    private int holds;
    private boolean draining;
    private Deque<Object> queue; // Held, Element or Runnable; null mostly

    private record Held(Stanza stanza, Inflight mark) {}

    Intake(UserSession session, ServerNode node) {
        this.session = session;
        this.node = node;
    }

    // ---- arriving

    void stanza(Stanza raw) {
        node.counters.received().increment();
        received++;
        Stanza stanza = stamped(raw);
        if (stanza == null) {
            session.end(StreamError.Condition.INVALID_FROM.error()); // RFC 6120 §8.1.2.1
            return;
        }
        if (holds > 0) {
            enqueue(new Held(stanza, mark()));
        } else {
            process(stanza, null);
        }
        int window = node.settings.senderWindow();
        if (window > 0 && inflight >= window && !overWindow) {
            sweep();
            if (inflight >= window) {
                overWindow = true;
                reading();
                watch();
            }
        }
    }

    private Stanza stamped(Stanza stanza) {
        Jid from = stanza.from().orElse(null);
        Jid own = session.jid();
        if (from != null) {
            if (from.equals(own)) return stanza;
            if (!from.equals(own.bare())) return null;
        }
        return stanza.withFrom(own);
    }

    void nonza(Element element) {
        if (holds > 0) enqueue(element);
        else handleNonza(element);
    }

    private void handleNonza(Element element) {
        NonzaHandler handler = node.chains.nonza(element.namespace());
        if (handler == null) {
            session.end(StreamError.Condition.UNSUPPORTED_STANZA_TYPE.error(element.name()));
            return;
        }
        try {
            handler.nonza(session, element);
        } catch (RuntimeException | LinkageError e) {
            node.counters.processorErrors().increment();
            log.warn("what=nonza_handler_failed class={}", handler.getClass().getName(), e);
        }
    }

    /** RFC 6120 §8.3.3.8. */
    void malformedAddress(Element raw) {
        received++;
        boolean forgedFrom = raw.attribute("from")
                .filter(f -> Jid.parse(f).filter(session.jid()::equals).isEmpty())
                .filter(f -> Jid.parse(f).filter(session.jid().bare()::equals).isEmpty())
                .isPresent();
        if (forgedFrom) {
            session.end(StreamError.Condition.INVALID_FROM.error());
            return;
        }
        String type = raw.attribute("type", "");
        if (type.equals("error") || type.equals("result")) {
            node.counters.dropped().increment();
            return;
        }
        Stanza.Kind kind = Stanza.Kind.MESSAGE;
        for (Stanza.Kind k : Stanza.Kind.values()) {
            if (k.elementName().equals(raw.name())) kind = k;
        }
        session.send(Stanza.builder(kind)
                .to(session.jid())
                .type("error")
                .id(raw.attribute("id", ""))
                .add(Condition.JID_MALFORMED.error().toElement())
                .build());
    }

    void readComplete() {
        if (first != null) sweep();
    }

    // ---- what waits

    private void enqueue(Object item) {
        if (queue == null) queue = new ArrayDeque<>();
        queue.add(item);
        if (queue.size() > MAX_QUEUED) {
            queue = null;
            session.end(StreamError.Condition.POLICY_VIOLATION.error("too many stanzas at once"));
        } else if (!overQueue && queue.size() >= PAUSE_QUEUED) {
            overQueue = true;
            reading();
        }
    }

    /** Runs a task behind all that the client sent by now. */
    void behind(Runnable task) {
        if (holds > 0) enqueue(task);
        else task.run();
    }

    /** Forgets what waits: the session was ended from outside. */
    void abandon() {
        if (queue != null && dropped == null) {
            for (Object item : queue) {
                if (dropped == null && item instanceof Held held) dropped = held.mark;
            }
        }
        queue = null;
        Runnable task = whenSafe;
        whenSafe = null;
        if (task != null) task.run();
    }

    private void release() {
        holds--;
        if (draining) return;
        draining = true;
        while (holds == 0 && queue != null) {
            Object next = queue.poll();
            if (next instanceof Held held) process(held.stanza, held.mark);
            else if (next instanceof Element nonza) handleNonza(nonza);
            else if (next instanceof Runnable task) task.run();
            if (queue != null && queue.isEmpty()) queue = null;
        }
        draining = false;
        if (overQueue && (queue == null || queue.size() < PAUSE_QUEUED / 2)) {
            overQueue = false;
            reading();
        }
    }

    /** Reads on, or stops. */
    void reading() {
        if (session.isConnected()) session.stream().reading(!overWindow && !overQueue && !overLink);
    }

    /** The link to a node takes no more: this session, which sends into it, pauses (P5). Any thread. */
    void congested(Peers peers, NodeId to) {
        session.run(() -> {
            if (overLink) return;
            overLink = true;
            reading();
            peers.whenWritable(
                    to,
                    Forwarding.LANE,
                    () -> session.run(() -> {
                        overLink = false;
                        reading();
                    }));
        });
    }

    // ---- deciding

    private void process(Stanza stanza, Inflight mark) {
        StanzaError wrong = check(stanza);
        if (wrong != null) {
            refuse(stanza, mark, wrong);
            return;
        }
        run(node.chains.client(stanza), 0, stanza, mark, null);
    }

    /** RFC 6120 §8.2.3; RFC 6121 §4.7.1. */
    private static StanzaError check(Stanza stanza) {
        switch (stanza.kind()) {
            case IQ -> {
                String type = stanza.type();
                if (stanza.isRequest()) {
                    if (stanza.id().isEmpty()) return Condition.BAD_REQUEST.error("an iq needs an id");
                    if (stanza.payload().size() != 1) {
                        return Condition.BAD_REQUEST.error("an iq of type get or set has exactly one child");
                    }
                } else if (!type.equals("result") && !type.equals("error")) {
                    return Condition.BAD_REQUEST.error("unknown type of iq");
                }
            }
            case PRESENCE -> {
                switch (stanza.type()) {
                    case "",
                            "unavailable",
                            "subscribe",
                            "subscribed",
                            "unsubscribe",
                            "unsubscribed",
                            "probe",
                            "error" -> {}
                    default -> {
                        return Condition.BAD_REQUEST.error("unknown type of presence");
                    }
                }
            }
            case MESSAGE -> {}
        }
        return null;
    }

    /** @param then run when the stanza is dealt with; null for none, and then it is routed if no processor takes it */
    private void run(ClientProcessor[] chain, int from, Stanza stanza, Inflight mark, Runnable then) {
        Stanza current = stanza;
        for (int i = from; i < chain.length; i++) {
            Verdict verdict;
            try {
                verdict = chain[i].fromClient(session, current);
            } catch (RuntimeException | LinkageError e) {
                if (isGone(chain[i], e)) continue;
                failed(chain[i], current, mark, e);
                if (then != null) then.run();
                return;
            }
            if (verdict instanceof Verdict.After after) {
                if (after.later() instanceof CompletableFuture<Verdict> f
                        && f.getClass() == CompletableFuture.class // others may not say whether they are done
                        && f.isDone()
                        && !f.isCompletedExceptionally()) {
                    verdict = f.join();
                } else {
                    await(chain, i, current, mark, then, after.later());
                    return;
                }
            }
            current = apply(verdict, current, mark);
            if (current == null) {
                if (then != null) then.run();
                return;
            }
        }
        if (then != null) then.run();
        else route(current, mark);
    }

    private void await(
            ClientProcessor[] chain,
            int i,
            Stanza stanza,
            Inflight given,
            Runnable then,
            CompletionStage<Verdict> later) {
        Inflight mark = given == null && then == null ? mark() : given;
        holds++;
        later.whenComplete((verdict, failure) -> session.run(() -> {
            if (failure != null && isGone(chain[i], failure)) {
                run(chain, i + 1, stanza, mark, then);
            } else if (failure != null) {
                failed(chain[i], stanza, mark, failure);
                if (then != null) then.run();
            } else {
                Stanza next = apply(verdict, stanza, mark);
                if (next != null) run(chain, i + 1, next, mark, then);
                else if (then != null) then.run();
            }
            release();
        }));
    }

    private Stanza apply(Verdict verdict, Stanza stanza, Inflight mark) {
        if (verdict instanceof Verdict.Next) return stanza;
        if (verdict instanceof Verdict.Changed changed) return changed.stanza();
        if (verdict instanceof Verdict.Refuse refuse) {
            refuse(stanza, mark, refuse.error());
        } else if (verdict instanceof Verdict.Handled) {
            safe(mark);
        } else {
            refuse(stanza, mark, Condition.INTERNAL_SERVER_ERROR.error());
        }
        return null;
    }

    /** True if its bundle was stopped or updated meanwhile, which it may fail of: the stanza goes on without it (P7). */
    private boolean isGone(ClientProcessor processor, Throwable failure) {
        if (node.chains.has(processor)) return false;
        log.debug("what=client_processor_gone class={}", processor.getClass().getName(), failure);
        return true;
    }

    private void failed(ClientProcessor processor, Stanza stanza, Inflight mark, Throwable failure) {
        node.counters.processorErrors().increment();
        log.warn("what=client_processor_failed class={}", processor.getClass().getName(), failure);
        refuse(stanza, mark, Failures.error(failure));
    }

    private void refuse(Stanza stanza, Inflight mark, StanzaError error) {
        boolean mayBe = !stanza.isError()
                && !(stanza.isIq() && stanza.hasType("result"))
                && !(stanza.isPresence() && stanza.hasType("unavailable"));
        if (mayBe) {
            node.counters.refused().increment();
            session.send(stanza.error(error));
        } else {
            node.counters.dropped().increment();
        }
        safe(mark);
    }

    private void route(Stanza stanza, Inflight mark) {
        Jid to = stanza.to().orElse(null);
        switch (stanza.kind()) {
            case MESSAGE -> {
                Stanza addressed = to == null ? stanza.withTo(session.jid().bare()) : stanza; // RFC 6120 §10.3.1
                node.router.route(addressed, mark == null ? mark() : mark);
            }
            case PRESENCE -> {
                if (to == null) node.counters.dropped().increment();
                else node.router.route(stanza);
                safe(mark);
            }
            case IQ -> iq(stanza, to, mark);
        }
    }

    private void iq(Stanza stanza, Jid to, Inflight mark) {
        IqHandler.Target target;
        Jid subject;
        if (to == null || to.equals(session.jid().bare())) {
            target = IqHandler.Target.ACCOUNT;
            subject = session.jid().bare();
        } else if (!to.hasLocal() && to.isBare() && node.hosts.isLocal(to.domain())) {
            target = IqHandler.Target.HOST;
            subject = to;
        } else {
            node.router.route(stanza);
            safe(mark);
            return;
        }
        if (!stanza.isRequest()) {
            node.counters.dropped().increment(); // nobody asked, or a processor would have taken it
            safe(mark);
            return;
        }
        Element request = stanza.payload().get(0);
        if (target == IqHandler.Target.ACCOUNT && request.namespace().equals(Ns.SESSION)) {
            session.send(stanza.result().build()); // RFC 3921 §3: a client of before RFC 6121
            safe(mark);
            return;
        }
        if (target == IqHandler.Target.ACCOUNT && request.namespace().equals(Ns.BIND)) {
            refuse(stanza, mark, Condition.NOT_ALLOWED.error("a resource is bound already"));
            return;
        }
        dispatch(stanza, new IqRequest(stanza, target, subject, session.remoteAddress()), mark);
    }

    private void dispatch(Stanza stanza, IqRequest request, Inflight given) {
        CompletionStage<Stanza> answer = node.dispatcher.dispatch(request);
        if (answer instanceof CompletableFuture<Stanza> f
                && f.getClass() == CompletableFuture.class // others may not say whether they are done
                && f.isDone()
                && !f.isCompletedExceptionally()) {
            reply(f.join());
            safe(given);
            return;
        }
        // Stanzas behind a change wait for it, so that "roster set, then presence" is seen in this order by everybody.
        boolean waits = request.isSet();
        Inflight mark = given == null && waits ? mark() : given;
        if (waits) holds++;
        answer.whenComplete((stanzaBack, failure) -> session.run(() -> {
            reply(failure == null ? stanzaBack : stanza.error(Failures.error(failure)));
            safe(mark);
            if (waits) release();
        }));
    }

    private void reply(Stanza reply) {
        session.send(reply);
    }

    /** Runs a presence made by the server through the processors as if the client had sent it. */
    void onBehalf(Stanza presence, Runnable then) {
        run(node.chains.client(presence), 0, presence, null, then);
    }

    // ---- what is safe

    private Inflight mark() {
        Inflight mark = new Inflight(this, received);
        if (last == null) first = mark;
        else last.next = mark;
        last = mark;
        inflight++;
        return mark;
    }

    private static void safe(Inflight mark) {
        if (mark != null) mark.outcome(Outcome.DELIVERED);
    }

    /** Any thread. */
    void oneIsSafe() {
        if (watched && SWEEPING.compareAndSet(this, false, true)) session.run(this::sweep);
    }

    /** Asks to be told; what became safe just before is seen at once. */
    private void watch() {
        watched = true;
        sweep();
    }

    private void sweep() {
        sweeping = false;
        while (earlier != null && earlier.isSafe()) {
            earlier = earlier.next;
        }
        while (first != null && first.isSafe()) {
            first = first.next;
            inflight--;
        }
        if (first == null) last = null;
        if (overWindow && inflight <= node.settings.senderWindow() / 2) {
            overWindow = false;
            reading();
        }
        if (answerOwed && safeCount() != told) answer();
        Runnable task = nothingUnsafe() ? whenSafe : null;
        if (task != null) whenSafe = null;
        watched = answerOwed || overWindow || whenSafe != null;
        if (task != null) task.run(); // the last thing: it may move the session to another loop
    }

    /** Stanzas that are safe, counted from the first: what {@code h} says. */
    int safeCount() {
        return first == null ? received : first.count - 1;
    }

    /** Stanzas received, counted from the first. */
    int received() {
        return received;
    }

    void manage() {
        received = 0;
        told = 0;
        // What was sent before is not counted; what of it is not safe yet must not lower the count either.
        earlier = first;
        first = null;
        last = null;
        inflight = 0;
    }

    /** The client asks with {@code <r/>}. */
    void request() {
        sweep();
        answer();
        if (answerOwed) watch();
    }

    private void answer() {
        told = safeCount();
        answerOwed = told != received;
        if (session.isConnected()) session.stream().write(StreamManagement.answer(told));
    }

    /** Nothing more of the client is processed until {@link #goOn}. */
    void hold() {
        holds++;
    }

    void goOn() {
        release();
    }

    private boolean nothingUnsafe() {
        Inflight oldest = earlier != null ? earlier : first;
        return oldest == null || oldest == dropped;
    }

    /** True if all that the client sent is safe. */
    boolean isAllSafe() {
        sweep();
        return nothingUnsafe();
    }

    /** Runs a task once all that the client sent is safe; bounded by the database's patience. */
    void whenAllSafe(Runnable task) {
        Runnable before = whenSafe;
        whenSafe = task;
        answerOwed = false;
        if (before != null) before.run();
        watch();
    }

    /** The session came from another node, which had made so many stanzas safe. */
    void adopt(int count) {
        received = count;
        told = count;
    }

    /** The client was told so much by other means. */
    void told(int h) {
        told = h;
        answerOwed = false;
        reading();
    }
}
