package org.skein.session.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.skein.api.storage.MessageNumber;
import org.skein.api.storage.Spool;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StanzaError;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages of users who are away: written to the spool, and given to the first session that accepts them. An account's
 * rows are read only when none of its writes is under way, so that they come out in order.
 */
final class Offline {
    /** Rows read from the database at a time. */
    static final int PAGE = 100;

    private static final Duration RETRY = Duration.ofSeconds(10);
    private static final Logger log = LoggerFactory.getLogger(Offline.class);

    private final ServerNode node;
    private final ConcurrentHashMap<Jid, Writes> writes = new ConcurrentHashMap<>();

    /** Writes under way for one account, and who waits for their end. */
    private static final class Writes {
        private int count;
        private final List<Runnable> waiting = new ArrayList<>(1);
    }

    Offline(ServerNode node) {
        this.node = node;
    }

    static StanzaError error(Throwable failure) {
        return Failures.error(failure);
    }

    /** @param done told null once committed, else what went wrong */
    void store(Jid account, Stanza stanza, MessageNumber number, Consumer<Throwable> done) {
        writes.compute(account, (jid, there) -> {
            Writes w = there == null ? new Writes() : there;
            w.count++;
            return w;
        });
        write(new Spool.Entry(account, "", number, node.clock.instant(), stanza))
                .whenComplete((nothing, failure) -> {
                    if (failure == null) node.counters.offline().increment();
                    done.accept(failure);
                    written(account);
                    if (failure == null) becameOffline(account);
                });
    }

    /** Rows became offline ones: sessions that accept them, here or elsewhere, take them (CLUSTER 14). */
    void becameOffline(Jid account) {
        deliverStored(account);
        if (!node.stopping) node.forwarding.rows(account);
    }

    /** Stores one row; the stage never throws, and ends within the patience of {@link Delays}. */
    CompletionStage<Void> write(Spool.Entry entry) {
        try {
            return node.delays.limited(node.spool().store(entry));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void written(Jid account) {
        List<Runnable> ready = new ArrayList<>(0);
        writes.computeIfPresent(account, (jid, w) -> {
            if (--w.count > 0) return w;
            ready.addAll(w.waiting);
            return null;
        });
        ready.forEach(Runnable::run);
    }

    void whenWritten(Jid account, Runnable task) {
        boolean[] waits = {false};
        writes.computeIfPresent(account, (jid, w) -> {
            w.waiting.add(task);
            waits[0] = true;
            return w;
        });
        if (!waits[0]) task.run();
    }

    /** Asks again after rows became offline: somebody may have come meanwhile (CLUSTER 14). */
    void deliverStored(Jid account) {
        if (node.stopping) return;
        Account online = node.registry.online(account);
        UserSession session = online == null ? null : online.accepting();
        if (session != null) flush(session);
    }

    /**
     * Gives an account's offline rows to a session, in front of everything addressed to the account from now on.
     *
     * @return completes when the first page is handed over
     */
    CompletionStage<Void> flush(UserSession session) {
        Jid account = session.account().jid();
        Gates<Jid>.Gate gate = node.gates.hold(account);
        CompletableFuture<Void> done = new CompletableFuture<>();
        Runnable open = () -> {
            done.complete(null);
            gate.release();
        };
        whenAllWritten(account, () -> {
            if (session.isEnded()) { // it would only put them back, behind what comes meanwhile
                deliverStored(account);
                open.run();
                return;
            }
            claim(session).whenComplete((rows, failure) -> {
                if (failure == null && !rows.isEmpty()) {
                    session.takeRows(rows, Spool.mayBeMore(rows, PAGE), open);
                    return;
                }
                if (failure != null) notRead(session, failure);
                open.run();
            });
        });
        return done;
    }

    private void notRead(UserSession session, Throwable failure) {
        log.warn(
                "what=offline_not_read account={} retry_s={} reason={}",
                session.account().jid(),
                RETRY.toSeconds(),
                failure.toString());
        session.rowsUnknown();
        node.delays.schedule(() -> retry(session), RETRY);
    }

    /** On every node: what may still become a row is one before the task runs. */
    private void whenAllWritten(Jid account, Runnable task) {
        if (node.forwarding.isAlone()) whenWritten(account, task);
        else node.forwarding.settle(account).thenRun(() -> whenWritten(account, task));
    }

    private void retry(UserSession session) {
        if (!session.accepts() || node.stopping) return;
        session.freeUnknownRows(() -> flush(session));
    }

    CompletionStage<List<Spool.Entry>> claim(UserSession session) {
        try {
            return node.delays.limited(node.spool().claim(session.account().jid(), session.id(), PAGE));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * Makes a session's parked rows offline ones; tried until it works, for nobody else can.
     *
     * @param confirmed rows whose deletion failed before, which must not come again
     * @return how many are offline now; 0 if it could not be done yet
     */
    CompletionStage<Integer> release(Jid account, String session, List<MessageNumber> confirmed) {
        CompletionStage<Integer> released = delete(account, session, confirmed)
                .thenCompose(deleted -> node.delays.limited(node.spool().release(account, session)));
        return released.exceptionally(failure -> {
            if (!node.stopping) {
                log.warn(
                        "what=parked_not_released account={} retry_s={} reason={}",
                        account,
                        RETRY.toSeconds(),
                        failure.toString());
                node.delays.schedule(() -> releaseAgain(account, session, confirmed), RETRY);
            }
            return 0;
        });
    }

    /** Deletes rows of a session; the stage never throws, and ends within the patience of {@link Delays}. */
    CompletionStage<Void> delete(Jid account, String session, List<MessageNumber> numbers) {
        if (numbers.isEmpty()) return CompletableFuture.completedFuture(null);
        try {
            return node.delays.limited(node.spool().delete(account, session, numbers));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void releaseAgain(Jid account, String session, List<MessageNumber> confirmed) {
        release(account, session, confirmed).thenAccept(rows -> {
            if (rows > 0) becameOffline(account);
        });
    }

    /** Waits until nothing is being written, so long at most; for the server's stop, never on an event loop. */
    boolean awaitWritten(long nanos) throws InterruptedException {
        List<Jid> accounts = List.copyOf(writes.keySet());
        CountDownLatch written = new CountDownLatch(accounts.size());
        accounts.forEach(a -> whenWritten(a, written::countDown));
        return written.await(nanos, TimeUnit.NANOSECONDS);
    }

    /** Accounts with writes under way. */
    int writing() {
        return writes.size();
    }
}
