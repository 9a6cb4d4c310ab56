package org.skein.session.internal;

import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.skein.api.component.DeliveryListener;
import org.skein.api.session.ClientStream;
import org.skein.api.session.DeliveryProcessor;
import org.skein.api.session.Session;
import org.skein.api.session.SessionListener;
import org.skein.api.session.SessionTransfer;
import org.skein.api.session.Verdict;
import org.skein.api.storage.MessageNumber;
import org.skein.api.storage.Spool;
import org.skein.cluster.api.NodeId;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Ns;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StanzaError;
import org.skein.xmpp.StreamError;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bound resource. Its life: connected, detached (the stream is lost and may be resumed, back to connected), ending (the
 * last presence goes out), ended. It has one event loop at any time, that of its last stream.
 */
final class UserSession extends Mailbox implements Session {
    private enum State {
        CONNECTED,
        DETACHED,
        ENDING,
        ENDED
    }

    private static final Logger log = LoggerFactory.getLogger(UserSession.class);
    private static final Duration FORGET_BEFORE = Duration.ofSeconds(10);
    private static final Object[] NO_SLOTS = {};

    private final ServerNode node;
    private final Jid jid;
    private final Account account;
    private final String id;
    private final long login; // of two sessions with one address the higher is the newer (CLUSTER 23)
    private final long boundAt;
    private final boolean warmUp;
    private final Intake intake;
    private final Outbox outbox;
    private volatile ClientStream stream;
    private volatile State state = State.DETACHED; // until the bind is answered
    private volatile Stanza presence; // null where not available
    private volatile byte priority;
    private volatile long lastActivity;
    private ClientHandler handler; // of the stream, while connected
    private String resumeId = ""; // empty: cannot be resumed
    private long resumeSeconds;
    private AutoCloseable window; // runs while detached
    private ClientStream resuming; // the latest that asked to; null mostly
    private boolean forsaken;
    private volatile Set<String> marks = Set.of();
    private Map<Long, Long> latest; // the last number of each origin; null before the first
    private volatile Map<Long, Long> before; // the same, as it was at the node the session came from; null mostly
    private Object[] slots = NO_SLOTS; // key, value, key, value …

    UserSession(ServerNode node, Account account, Jid jid, ClientStream stream, long login) {
        this.login = login;
        this.node = node;
        this.account = account;
        this.jid = jid;
        this.stream = stream;
        this.warmUp = stream.transport().equals(WARM_UP);
        this.id = node.nextSessionId();
        this.boundAt = node.clock.millis();
        this.lastActivity = boundAt;
        this.intake = new Intake(this, node);
        this.outbox = new Outbox(this, node);
    }

    // ---- what it is

    @Override
    public Jid jid() {
        return jid;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public Account account() {
        return account;
    }

    @Override
    public boolean isConnected() {
        return state == State.CONNECTED;
    }

    /** One of the node's own: nothing is kept for it. */
    boolean isWarmUp() {
        return warmUp;
    }

    boolean isEnded() {
        return state == State.ENDED;
    }

    boolean isOver() {
        return state == State.ENDED || state == State.ENDING;
    }

    @Override
    public Optional<Stanza> presence() {
        return Optional.ofNullable(presence);
    }

    @Override
    public boolean isAvailable() {
        return presence != null;
    }

    @Override
    public int priority() {
        return priority;
    }

    /** True if it takes messages for the bare address: available with a priority that is not negative. */
    boolean accepts() {
        return presence != null && priority >= 0 && state != State.ENDED;
    }

    @Override
    public CompletionStage<Void> mark(String mark, boolean on) {
        Set<String> changed = new HashSet<>(marks);
        if (!(on ? changed.add(mark) : changed.remove(mark))) return CompletableFuture.completedFuture(null);
        marks = Set.copyOf(changed);
        return node.binds.tellMarks(this);
    }

    Set<String> marks() {
        return marks;
    }

    long login() {
        return login;
    }

    @Override
    public boolean has(String mark) {
        return marks.contains(mark);
    }

    @Override
    public Instant boundAt() {
        return Instant.ofEpochMilli(boundAt);
    }

    @Override
    public Instant lastActivity() {
        return Instant.ofEpochMilli(lastActivity);
    }

    @Override
    public String transport() {
        return stream.transport();
    }

    @Override
    public Optional<SocketAddress> remoteAddress() {
        return stream.remoteAddress();
    }

    @Override
    public String security() {
        return stream.security().description();
    }

    ClientStream stream() {
        return stream;
    }

    Intake intake() {
        return intake;
    }

    @Override
    public <T> Optional<T> get(Class<T> key) {
        for (int i = 0; i < slots.length; i += 2) {
            if (slots[i] == key) return Optional.of(key.cast(slots[i + 1]));
        }
        return Optional.empty();
    }

    @Override
    public <T> void put(Class<T> key, T value) {
        for (int i = 0; i < slots.length; i += 2) {
            if (slots[i] != key) continue;
            if (value != null) {
                slots[i + 1] = value;
            } else {
                Object[] fewer = Arrays.copyOf(slots, slots.length - 2);
                System.arraycopy(slots, i + 2, fewer, i, fewer.length - i);
                slots = fewer;
            }
            return;
        }
        if (value == null) return;
        slots = Arrays.copyOf(slots, slots.length + 2);
        slots[slots.length - 2] = key;
        slots[slots.length - 1] = value;
    }

    // ---- its loop

    @Override
    boolean inLoop() {
        return stream.inEventLoop();
    }

    @Override
    void onLoop(Runnable task) {
        stream.execute(task);
    }

    @Override
    void runTask(Task task) {
        try {
            task.run();
        } catch (RuntimeException | LinkageError e) {
            log.error("what=session_task_failed jid={}", jid, e);
        }
    }

    @Override
    public void execute(Runnable task) {
        run(task);
    }

    /** Runs on the session's loop, behind what was given before. */
    void run(Runnable task) {
        if (mayRunInline()) {
            task.run();
            return;
        }
        boolean taken = push(new Task() {
            @Override
            public void run() {
                task.run();
            }
        });
        if (!taken) onLoop(task);
    }

    /** Runs on the loop after a delay, wherever the session is by then. */
    AutoCloseable later(Runnable task, Duration delay) {
        return stream.schedule(() -> run(task), delay);
    }

    // ---- delivery

    @Override
    public void send(Stanza stanza, DeliveryListener listener) {
        deliver(new Out(this, stanza, listener));
    }

    void deliver(Out out) {
        if (mayRunInline()) deliverNow(out);
        else if (!push(out)) outbox.gone(out);
    }

    void deliverNow(Out out) {
        outbox.add(out);
    }

    /** What the delivery processors make of a stanza; null if one of them took it. */
    Stanza processed(Stanza stanza) {
        DeliveryProcessor[] chain = node.chains.delivery(stanza);
        Stanza current = stanza;
        for (DeliveryProcessor processor : chain) {
            try {
                Verdict verdict = processor.toSession(this, current);
                if (verdict instanceof Verdict.Next) continue;
                if (verdict instanceof Verdict.Changed changed) {
                    current = changed.stanza();
                } else if (verdict instanceof Verdict.Handled) {
                    return null;
                } else if (verdict instanceof Verdict.Behind behind) {
                    outbox.release(behind.held());
                } else {
                    throw new IllegalStateException("a delivery processor may not answer " + verdict);
                }
            } catch (RuntimeException | LinkageError e) {
                node.counters.processorErrors().increment();
                log.warn(
                        "what=delivery_processor_failed class={}",
                        processor.getClass().getName(),
                        e);
            }
        }
        return current;
    }

    /**
     * Rows of the spool that are this session's now; any thread.
     *
     * @param taken run when it has them, or they are offline ones again and the next session is asked to take them
     */
    void takeRows(List<Spool.Entry> rows, boolean more, Runnable taken) {
        run(() -> {
            if (state == State.ENDED) {
                node.offline
                        .release(account.jid(), id, List.of())
                        .thenAccept(n -> node.offline.becameOffline(account.jid()))
                        .thenRun(taken);
            } else {
                outbox.rows(rows, more);
                taken.run();
            }
        });
    }

    /** Rows may be this session's now that nobody was told of; any thread. */
    void rowsUnknown() {
        run(() -> {
            if (state == State.ENDED) takeRows(List.of(), false, () -> {});
            else outbox.rowsUnknown();
        });
    }

    /** Runs {@code then} when such rows are offline ones again, or stay as they are. */
    void freeUnknownRows(Runnable then) {
        run(() -> outbox.freeUnknownRows(then));
    }

    /** The message of a row was delivered by another session of the user; any thread. */
    void redundant(MessageNumber row) {
        run(() -> {
            if (state != State.ENDED) outbox.redundant(row);
        });
    }

    // ---- presence

    @Override
    public void presence(Optional<Stanza> now) {
        boolean accepted = accepts();
        Optional<Stanza> before = presence();
        byte newPriority = now.map(UserSession::priorityOf).orElse((byte) 0);
        boolean retires = accepted && (now.isEmpty() || newPriority < 0) && !isOver();
        Gates<Jid>.Gate gateForRest = retires ? node.gates.hold(account.jid()) : null;
        priority = newPriority;
        presence = now.orElse(null);
        mark(AVAILABLE, now.isPresent());
        node.cluster().presence(jid, now);
        if (retires) {
            run(
                    () -> { // behind what is in the mailbox already
                        outbox.parkAll();
                        gateForRest.release();
                    });
        }
        for (SessionListener l : node.chains.listeners()) {
            try {
                l.presenceChanged(this, before, now);
            } catch (RuntimeException | LinkageError e) {
                log.warn("what=session_listener_failed class={}", l.getClass().getName(), e);
            }
        }
        if (!accepted && accepts() && !isOver()) node.offline.flush(this);
    }

    /** RFC 6121 §4.7.2.3; what is no priority counts as 0. */
    private static byte priorityOf(Stanza presence) {
        String text = presence.child("priority", Ns.CLIENT)
                .map(Element::text)
                .orElse("")
                .strip();
        if (text.isEmpty()) return 0;
        try {
            return Byte.parseByte(text);
        } catch (NumberFormatException outOfRange) {
            return 0;
        }
    }

    // ---- life

    private enum Event {
        BOUND,
        DETACHED,
        RESUMED,
        CLOSED
    }

    private void tell(Event event) {
        for (SessionListener l : node.chains.listeners()) {
            try {
                switch (event) {
                    case BOUND -> l.bound(this);
                    case DETACHED -> l.detached(this);
                    case RESUMED -> l.resumed(this);
                    case CLOSED -> l.closed(this);
                }
            } catch (RuntimeException | LinkageError e) {
                log.warn(
                        "what=session_listener_failed class={} event={}",
                        l.getClass().getName(),
                        event,
                        e);
            }
        }
    }

    /** Bound: tells the listeners; what they send waits until {@link #attach}. */
    void begin() {
        tell(Event.BOUND);
    }

    /** The bind is answered; from here on stanzas are written. */
    void attach(ClientHandler handler) {
        if (isOver()) return;
        this.handler = handler;
        state = State.CONNECTED;
        outbox.resend();
    }

    void active() {
        lastActivity = node.clock.millis();
    }

    void taken(int n) {
        outbox.taken(n);
    }

    /** The stream is gone: the session waits to be resumed, or ends behind what the client had sent. */
    void streamClosed(boolean orderly) {
        handler = null;
        if (isOver()) return;
        if (!orderly && !resumeId.isEmpty() && resumeSeconds > 0 && !node.stopping) {
            detach();
        } else {
            state = State.DETACHED;
            end(null);
        }
    }

    private void detach() {
        state = State.DETACHED;
        ClientStream lost = stream;
        window = later(
                () -> {
                    if (state == State.DETACHED && stream == lost) end(null);
                },
                Duration.ofSeconds(resumeSeconds));
        tell(Event.DETACHED);
    }

    @Override
    public void close(StreamError error) {
        run(() -> end(error));
    }

    /**
     * Ends the session. On the loop.
     *
     * @param error for the client; null if its stream is gone
     */
    void end(StreamError error) {
        if (isOver()) return;
        if (state == State.DETACHED) {
            intake.behind(() -> leave(error)); // what the client had sent is still seen to
        } else {
            leave(error);
        }
    }

    private void leave(StreamError error) {
        if (isOver()) return;
        boolean connected = state == State.CONNECTED;
        state = State.ENDING;
        Delays.cancel(window);
        if (connected) {
            handler.sessionEnded();
            handler = null;
            stream.close(Optional.ofNullable(error));
        }
        intake.abandon();
        intake.onBehalf(Stanza.presence().from(jid).type("unavailable").build(), this::finish);
    }

    private void finish() {
        if (state != State.ENDING) return;
        // From here to the end nothing is chosen for this account, so that what comes out of here stays in front.
        gate = node.gates.hold(account.jid());
        if (presence != null) node.cluster().presence(jid, Optional.empty());
        presence = null;
        state = State.ENDED;
        if (!node.forwarding.isAlone() && !intake.isAllSafe()) {
            CompletableFuture<Void> sent = new CompletableFuture<>();
            intake.whenAllSafe(() -> sent.complete(null));
            node.departed.add(jid, sent);
        }
        node.registry.remove(this);
        Set<NodeId> elsewhere = account.nodesElsewhere();
        if (!elsewhere.isEmpty()) node.forwarding.unbound(elsewhere, jid, login);
        if (!resumeId.isEmpty()) node.resumables.ended(resumeId, account.jid(), intake.safeCount());
        tell(Event.CLOSED);
        slots = NO_SLOTS;
        outbox.close(this::closeWhenDrained);
    }

    private Gates<Jid>.Gate gate; // while ending

    @Override
    void mailboxClosed() {
        Gates<Jid>.Gate g = gate;
        gate = null;
        g.release();
        Runnable task;
        synchronized (this) {
            task = whenEnded;
            whenEnded = null;
            isClosed = true;
        }
        if (task != null) task.run();
    }

    private Runnable whenEnded; // guarded by this
    private boolean isClosed; // guarded by this

    /** Ends the session; {@code then} runs on any thread when all it held is handed on. Any thread. */
    void end(StreamError error, Runnable then) {
        boolean over;
        synchronized (this) {
            over = isClosed;
            if (!over) {
                Runnable before = whenEnded;
                whenEnded = before == null
                        ? then
                        : () -> {
                            before.run();
                            then.run();
                        };
            }
        }
        if (over) then.run();
        else close(error);
    }

    /**
     * This life of the node is over (CLUSTER 6): others act for its sessions, so it tells nobody that they end, and what
     * it holds for their clients is what it had not answered for, or rows others have released. Any thread.
     */
    void forsake() {
        run(() -> {
            if (state == State.ENDED) return;
            forsaken = true;
            end(ClusterPart.shutdown());
        });
    }

    boolean isForsaken() {
        return forsaken;
    }

    // ---- stream management (XEP-0198)

    void management(Element element) {
        switch (element.name()) {
            case "enable" -> enable(element);
            case "r" -> {
                if (outbox.isManaged()) intake.request();
                else end(StreamError.Condition.POLICY_VIOLATION.error("stream management is not enabled"));
            }
            case "a" -> confirmed(element.attribute("h", ""));
            case "resume" -> stream.write(StreamManagement.failed(StanzaError.Condition.UNEXPECTED_REQUEST));
            default -> end(StreamError.Condition.UNSUPPORTED_STANZA_TYPE.error(element.name()));
        }
    }

    private void enable(Element element) {
        if (outbox.isManaged()) {
            stream.write(StreamManagement.failed(StanzaError.Condition.UNEXPECTED_REQUEST));
            return;
        }
        String resume = element.attribute("resume", "");
        long max = node.settings.resumeWindow().toSeconds();
        if (max > 0 && !warmUp && (resume.equals("true") || resume.equals("1"))) {
            try {
                long wanted = Long.parseLong(element.attribute("max", Long.toString(max)));
                resumeSeconds = Math.min(max, Math.max(1, wanted));
            } catch (NumberFormatException noNumber) {
                resumeSeconds = max;
            }
            resumeId = node.resumables.register(this);
        }
        outbox.manage();
        intake.manage();
        stream.write(StreamManagement.enabled(resumeId, resumeSeconds));
    }

    private void confirmed(String h) {
        int count;
        try {
            count = StreamManagement.parse(h);
        } catch (NumberFormatException noNumber) {
            end(StreamError.Condition.INVALID_XML.error("h is no number"));
            return;
        }
        if (!outbox.isManaged()) {
            end(StreamError.Condition.POLICY_VIOLATION.error("stream management is not enabled"));
            return;
        }
        int sent = outbox.ackedTo() + outbox.sentUnacked();
        if (!outbox.ack(count)) {
            end(StreamError.Condition.UNDEFINED_CONDITION.error("").withDetail(StreamManagement.tooHigh(count, sent)));
        }
    }

    /**
     * Continues this session on another stream. Any thread.
     *
     * @param refused run on the new stream's loop if it cannot be
     */
    void resume(ClientHandler newHandler, ClientStream newStream, int h, Runnable refused) {
        run(() -> {
            if (isOver() || resumeId.isEmpty()) {
                newStream.execute(refused);
                return;
            }
            if (state == State.CONNECTED) {
                handler.sessionEnded();
                stream.close(Optional.of(StreamError.Condition.CONFLICT.error("the stream was resumed elsewhere")));
            }
            state = State.DETACHED;
            handler = null;
            Delays.cancel(window);
            resuming = newStream;
            // What was received must be safe before the client is told how much it was; else it would send it again.
            intake.whenAllSafe(() -> {
                if (isOver() || resuming != newStream) {
                    newStream.execute(refused);
                    return;
                }
                resuming = null;
                stream = newStream; // tasks run on the new loop from here
                newStream.execute(() -> resumed(newHandler, newStream, h, refused));
            });
        });
    }

    private void resumed(ClientHandler newHandler, ClientStream newStream, int h, Runnable refused) {
        if (stream != newStream) {
            refused.run(); // a later one was faster
            return;
        }
        if (newHandler.isClosed()) {
            detach();
            return;
        }
        if (isOver()) {
            refused.run();
            return;
        }
        int sent = outbox.ackedTo() + outbox.sentUnacked();
        boolean sane = outbox.ack(h);
        if (!sane) {
            newStream.close(Optional.of(
                    StreamError.Condition.UNDEFINED_CONDITION.error("").withDetail(StreamManagement.tooHigh(h, sent))));
            detach();
            return;
        }
        handler = newHandler;
        newHandler.adopted(this);
        state = State.CONNECTED;
        node.counters.resumed().increment();
        newStream.write(StreamManagement.resumed(resumeId, intake.safeCount()));
        intake.told(intake.safeCount());
        outbox.resend();
        tell(Event.RESUMED);
        log.debug("what=session_resumed jid={} id={}", jid, id);
    }

    // ---- moving to another node (CLUSTER 15)

    /**
     * Takes nothing more from the client, and waits until what it took is safe: before the client is told how much that
     * was, else it would send it again; and before its account is held back at the new node, which may be what it waits
     * for. Any thread.
     *
     * @param then told whether the session may move
     */
    void quieten(Consumer<Boolean> then) {
        run(() -> {
            if (isOver() || resumeId.isEmpty()) {
                then.accept(false);
                return;
            }
            if (state == State.CONNECTED) {
                handler.sessionEnded();
                stream.close(Optional.of(StreamError.Condition.CONFLICT.error("the stream was resumed elsewhere")));
                handler = null;
                detach();
            }
            intake.whenAllSafe(() -> then.accept(state == State.DETACHED));
        });
    }

    /** Stores what this session has for its client, gives it all away and forgets it. Any thread. */
    void handOver(String newId, CompletableFuture<byte[]> state) {
        run(() -> {
            if (this.state != State.DETACHED || intake.safeCount() != intake.received()) {
                state.complete(new byte[0]);
                return;
            }
            Delays.cancel(window);
            giveAway(newId, state);
        });
    }

    private void giveAway(String newId, CompletableFuture<byte[]> state) {
        Bytes.Writer w = new Bytes.Writer(0, 1024);
        w.number(intake.safeCount() & 0xFFFFFFFFL).number(resumeSeconds).number(boundAt);
        w.octet(presence == null ? 0 : 1);
        if (presence != null) w.stanza(presence);
        w.number(marks.size());
        marks.forEach(w::text);
        Map<String, byte[]> saved = new LinkedHashMap<>();
        for (SessionTransfer transfer : node.chains.transfers()) {
            try {
                transfer.save(this).ifPresent(bytes -> saved.put(transfer.name(), bytes));
            } catch (RuntimeException | LinkageError e) {
                log.warn("what=session_state_not_saved name={}", transfer.name(), e);
            }
        }
        w.number(saved.size());
        saved.forEach((name, bytes) -> w.text(name).bytes(bytes));
        outbox.handOver(newId, w, () -> {
            Map<Long, Long> given = latest == null ? Map.of() : Map.copyOf(latest);
            w.number(given.size());
            given.forEach((origin, n) -> w.number(origin).number(n));
            // Nobody is told: the session goes on elsewhere.
            gate = node.gates.hold(account.jid());
            presence = null;
            this.state = State.ENDED;
            node.registry.remove(this);
            node.resumables.gone(resumeId);
            tell(Event.CLOSED);
            slots = NO_SLOTS;
            byte[] all = w.done();
            synchronized (this) {
                Runnable before = whenEnded;
                whenEnded = () -> {
                    if (before != null) before.run();
                    state.complete(all);
                };
            }
            closeWhenDrained(); // what still was on its way to it is given back by then
        });
    }

    /** Takes what another node handed over. On the loop, before anybody else uses this session. */
    void adopt(String id, Bytes.Reader in) {
        in.octet();
        int received = (int) in.number();
        resumeId = id;
        resumeSeconds = in.number();
        in.number(); // bound there at
        if (in.octet() == 1) {
            presence = in.stanza();
            priority = priorityOf(presence);
        }
        Set<String> carried = new HashSet<>();
        for (int n = in.count(); n > 0; n--) {
            carried.add(in.text());
        }
        marks = Set.copyOf(carried);
        Map<String, byte[]> saved = new LinkedHashMap<>();
        for (int n = in.count(); n > 0; n--) {
            saved.put(in.text(), in.bytes());
        }
        outbox.adopt(in);
        Map<Long, Long> given = new HashMap<>();
        for (int n = in.count(); n > 0; n--) {
            given.put(in.number(), in.number());
        }
        before = Map.copyOf(given);
        later(() -> before = null, FORGET_BEFORE); // later only what is tried again comes with such a number
        intake.adopt(received);
        node.resumables.moved(id, this);
        begin();
        for (SessionTransfer transfer : node.chains.transfers()) {
            byte[] bytes = saved.get(transfer.name());
            if (bytes == null) continue;
            try {
                node.deliverer.quietly(() -> transfer.restore(this, bytes));
            } catch (RuntimeException | LinkageError e) {
                log.warn("what=session_state_not_restored name={}", transfer.name(), e);
            }
        }
        node.binds.tellMarks(this);
        node.cluster().presence(jid, presence());
    }

    /** Goes on with the stream that asked for it. On the loop. */
    void resumedHere(ClientHandler newHandler, ClientStream newStream, int h, Runnable refused) {
        resumed(newHandler, newStream, h, refused);
        Stanza now = presence;
        if (now == null || isOver()) return;
        // Nothing to see for anybody, but it is this node now whose loss makes the presence void (CLUSTER 20).
        node.deliverer.quietly(() -> intake.onBehalf(now.withFrom(jid), () -> {}));
        if (accepts()) node.offline.flush(this);
    }

    /** The old node kept the session. On the loop. */
    void abandonMove() {
        state = State.ENDED;
        node.registry.remove(this);
        gate = node.gates.hold(account.jid());
        outbox.unsure(); // rows may be this session's already
        // Or will be: the old node may have died with its statement under way.
        node.delays.schedule(
                () -> node.offline.release(account.jid(), id, List.of()).thenAccept(rows -> {
                    if (rows > 0) node.offline.becameOffline(account.jid());
                }),
                FORGET_BEFORE);
        outbox.close(this::closeWhenDrained);
    }

    /** It has taken a message with this number of its origin. On the loop; of one origin in order, but for re-routes. */
    void given(MessageNumber number) {
        if (latest == null) latest = new HashMap<>(4);
        latest.merge(number.origin(), number.n(), Math::max);
    }

    /** True if the session was given this message at the node it came from; any thread. */
    boolean has(MessageNumber number) {
        Map<Long, Long> map = before;
        if (map == null) return false;
        Long last = map.get(number.origin());
        return last != null && number.n() <= last;
    }

    @Override
    public void redirect(StreamError error) {
        run(() -> {
            if (isOver()) return;
            if (state != State.CONNECTED || resumeId.isEmpty() || resumeSeconds <= 0) {
                if (state != State.DETACHED) end(error);
                return;
            }
            handler.sessionEnded();
            handler = null;
            stream.close(Optional.of(error));
            detach();
        });
    }

    /** For tests and logs: what it is doing. */
    String describe() {
        return id + ' ' + jid + ' ' + state + (accepts() ? " accepts " : " ") + outbox;
    }

    @Override
    public String toString() {
        return jid.toString();
    }
}
