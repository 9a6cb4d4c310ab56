package org.skein.cluster.core.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.skein.api.session.Session;
import org.skein.api.session.Sessions;
import org.skein.api.session.StreamRedirect;
import org.skein.cluster.api.NodeState;
import org.skein.cluster.api.membership.Membership;
import org.skein.xmpp.Jid;
import org.skein.xmpp.StreamError;
import org.skein.xmpp.StreamError.Condition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes this node out for maintenance (CLUSTER 25): DRAINING in the view → new streams are sent elsewhere → streams are
 * closed at a bounded rate with jitter, so that the other nodes get no crowd → sessions that can be resumed are given
 * time to be → the rest ends, its messages in the database → the view is left.
 */
final class Drain implements StreamRedirect {
    private static final Logger log = LoggerFactory.getLogger(Drain.class);
    private static final long TICK_MS = 100;
    private static final long ADDRESSES_EVERY_TICKS = 20;
    private static final Duration TELL_WITHIN = Duration.ofSeconds(3);
    private static final Duration RESUME_WITHIN = Duration.ofSeconds(15);

    private final ClusterMember member;
    private final Supplier<Sessions> sessions;
    private final ScheduledExecutorService timer;
    private final LongSupplier nanos;
    private final Function<StreamRedirect, AutoCloseable> registrar;
    private final Runnable empty;
    private final Random random;
    private final int perSecond;

    // On the timer's thread; read by all.
    private final Set<String> closed = new HashSet<>();
    private volatile List<String> addresses = List.of();
    private volatile int total;
    private volatile int closedCount;
    private volatile String phase = "asking the other nodes";
    private long ticks;
    private double credit;
    private long allClosedAt;
    private AutoCloseable registration;
    private final CountDownLatch over = new CountDownLatch(1);

    /** @param registrar registers the redirect as a service; closing the answer takes it away */
    Drain(
            ClusterMember member,
            Supplier<Sessions> sessions,
            ScheduledExecutorService timer,
            LongSupplier nanos,
            Random random,
            int perSecond,
            Function<StreamRedirect, AutoCloseable> registrar,
            Runnable empty) {
        this.member = member;
        this.sessions = sessions;
        this.timer = timer;
        this.nanos = nanos;
        this.random = random;
        this.perSecond = perSecond;
        this.registrar = registrar;
        this.empty = empty;
    }

    /** Why this node cannot be drained now. */
    static Optional<String> obstacle(ClusterMember member) {
        boolean elsewhere = member.view().members().stream()
                .anyMatch(m -> !m.id().equals(member.self()) && m.state() == NodeState.SERVING);
        return elsewhere ? Optional.empty() : Optional.of("no other node serves: its users would have nowhere to go");
    }

    void begin() {
        total = sessions.get() == null ? 0 : sessions.get().count();
        log.info("what=drain node={} sessions={} rate={}", member.self(), total, perSecond);
        registration = registrar.apply(this);
        member.participation().ifPresent(p -> {
            addresses(p);
            // Without the database the others cannot be told; then it is drained all the same.
            CompletableFuture<Void> told =
                    p.state(NodeState.DRAINING).toCompletableFuture().copy();
            told.orTimeout(TELL_WITHIN.toMillis(), TimeUnit.MILLISECONDS).whenComplete((done, failure) -> {
                if (failure != null) {
                    log.warn("what=drain_not_announced reason=\"{}\"", String.valueOf(failure));
                }
                later(this::tick, 0);
            });
        });
    }

    private void later(Runnable task, long millis) {
        try {
            timer.schedule(
                    () -> {
                        try {
                            task.run();
                        } catch (RuntimeException e) {
                            log.error("what=drain_failed", e);
                            later(task, TICK_MS);
                        }
                    },
                    millis,
                    TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException stopping) {
            log.trace("what=stopping", stopping);
        }
    }

    /** Closes what this tick's share is; between half a tick and one and a half pass until the next. */
    void tick() {
        if (isOver()) return;
        Sessions all = sessions.get();
        if (all == null) {
            finish();
            return;
        }
        if (++ticks % ADDRESSES_EVERY_TICKS == 0) member.participation().ifPresent(this::addresses);
        List<Session> open = new ArrayList<>();
        int detached = 0;
        for (Session s : all.all()) {
            if (!s.isConnected()) detached++;
            else if (!closed.contains(s.id())) open.add(s);
        }
        total = Math.max(total, open.size() + closedCount);
        if (open.isEmpty()) {
            waitForResumption(all, detached);
            return;
        }
        allClosedAt = 0;
        phase = "closing streams";
        long pause = TICK_MS / 2 + random.nextInt((int) TICK_MS + 1);
        credit += perSecond <= 0 ? open.size() : perSecond * (double) pause / 1000;
        Collections.shuffle(open, random);
        for (int i = 0; i < open.size() && credit >= 1; i++, credit--) close(open.get(i));
        later(this::tick, pause);
    }

    private void close(Session session) {
        closed.add(session.id());
        closedCount++;
        session.redirect(
                otherHost(session.jid().domain(), Optional.of(session.jid().bare()))
                        .map(Condition.SEE_OTHER_HOST::error)
                        .orElseGet(() -> Condition.SYSTEM_SHUTDOWN.error("this node is taken out of service")));
    }

    private void waitForResumption(Sessions all, int detached) {
        long now = nanos.getAsLong();
        if (allClosedAt == 0) allClosedAt = now;
        boolean waited = now - allClosedAt > RESUME_WITHIN.toNanos();
        if (all.count() == 0) {
            finish();
            return;
        }
        if (waited) {
            phase = "ending what was not resumed";
            StreamError error = Condition.SYSTEM_SHUTDOWN.error("this node is taken out of service");
            all.all().forEach(s -> s.close(error));
            if (now - allClosedAt > 2 * RESUME_WITHIN.toNanos()) {
                finish();
                return;
            }
        } else {
            phase = detached + " sessions may be resumed elsewhere";
        }
        later(this::tick, TICK_MS);
    }

    private void finish() {
        over.countDown();
        phase = "done";
        log.info("what=drain_done node={} closed={}", member.self(), closedCount);
        empty.run();
    }

    private void addresses(Membership.Participation p) {
        p.rows().whenComplete((rows, failure) -> {
            if (failure != null) {
                log.debug("what=drain_addresses_unknown", failure);
                return;
            }
            addresses = rows.stream()
                    .filter(r ->
                            !r.id().equals(member.self()) && !r.clientAddress().isBlank())
                    .filter(r -> member.view()
                            .member(r.id())
                            .map(m -> m.state() == NodeState.SERVING)
                            .orElse(false))
                    .map(Membership.Row::clientAddress)
                    .toList();
        });
    }

    @Override
    public Optional<String> otherHost(String host, Optional<Jid> account) {
        List<String> known = addresses;
        return known.isEmpty() ? Optional.empty() : Optional.of(known.get(randomIndex(known.size())));
    }

    private int randomIndex(int size) {
        synchronized (random) {
            return random.nextInt(size);
        }
    }

    /** Takes the redirect away: the node serves again or is gone. */
    void end() {
        over.countDown();
        AutoCloseable registered = registration;
        if (registered == null) return;
        registration = null;
        try {
            registered.close();
        } catch (Exception e) { // AutoCloseable declares it
            log.debug("what=redirect_not_unregistered", e);
        }
    }

    boolean await(Duration time) throws InterruptedException {
        return over.await(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    boolean isOver() {
        return over.getCount() == 0;
    }

    /** For operators. */
    String progress() {
        Sessions all = sessions.get();
        int left = all == null ? 0 : all.count();
        return closedCount + " of " + total + " streams closed, " + left + " sessions left; " + phase;
    }
}
