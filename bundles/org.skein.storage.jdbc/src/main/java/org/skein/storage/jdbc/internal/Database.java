package org.skein.storage.jdbc.internal;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.skein.api.monitor.HealthCheck.Health;
import org.skein.api.monitor.HealthCheck.Status;
import org.skein.api.storage.StorageException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs calls on as many threads as there are connections, and knows whether the database answers. States:
 * {@code OPENING → UP ⇄ DOWN → CLOSED}. While opening, calls wait; while down, they fail at once. Whatever happens,
 * a call is answered within the timeout: also when its thread hangs in a read.
 */
final class Database implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);
    private static final int CONFLICTS = 5;
    private static final Duration TICK = Duration.ofMillis(250);
    private static final Duration SUSPICIOUS = Duration.ofSeconds(1);
    private static final Duration RETRY = Duration.ofMillis(500);
    private static final Duration FINISH = Duration.ofSeconds(2);

    private enum State {
        OPENING,
        UP,
        DOWN,
        CLOSED
    }

    private final Settings settings;
    private final LongAdder failed;
    private final Consumer<Pool> ready;
    private final LongSupplier holder;
    private final ThreadPoolExecutor workers;
    private final ScheduledThreadPoolExecutor watch = new ScheduledThreadPoolExecutor(1, threads("skein-db-watch"));
    private final ScheduledThreadPoolExecutor probes = new ScheduledThreadPoolExecutor(1, threads("skein-db-probe"));
    private final Deadlines deadlines;
    private final CountDownLatch opened = new CountDownLatch(1);
    private final AtomicBoolean probing = new AtomicBoolean();
    private volatile State state = State.OPENING;
    private final AtomicBoolean ticking = new AtomicBoolean();
    private volatile Pool pool;
    private volatile String trouble = "";
    private volatile boolean refusing;
    /** Before that no write is tried. */
    private volatile long nextWrite = System.nanoTime();

    private volatile long downSince;

    /**
     * @param failed counts calls that failed, but for those that asked for too much
     * @param ready told each time the database answers and its schema is up to date
     * @param holder the incarnation that writes now; 0 for none, and no fence
     */
    Database(Settings settings, LongAdder failed, Consumer<Pool> ready, LongSupplier holder) {
        this.settings = settings;
        this.failed = failed;
        this.ready = ready;
        this.holder = holder;
        this.deadlines = new Deadlines(settings.timeout().toNanos(), failed);
        BlockingQueue<Runnable> queue = settings.queue() < 1 << 20
                ? new ArrayBlockingQueue<>(settings.queue())
                : new LinkedBlockingQueue<>(settings.queue());
        workers = new ThreadPoolExecutor(
                settings.poolSize(), settings.poolSize(), 30, TimeUnit.SECONDS, queue, threads("skein-db"));
        workers.allowCoreThreadTimeOut(true);
        probes.setKeepAliveTime(5, TimeUnit.SECONDS);
        probes.allowCoreThreadTimeOut(true);
        probeSoon();
    }

    /** On the first thread that tries: the drivers load there, and only those needed. */
    private static Pool poolFor(Settings settings) {
        return settings.kind() == Settings.Kind.H2 ? new H2Pool(settings) : new MySqlPool(settings);
    }

    private static ThreadFactory threads(String name) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** A call that changes nothing. */
    <T> CompletableFuture<T> read(Work<T> work) {
        return submit(() -> readNow(work));
    }

    /** A call in a transaction of its own, fenced; answered when it is as durable as a commit has to be. */
    <T> CompletableFuture<T> write(Work<T> work) {
        Fence fence = fence();
        return submit(() -> writeNow(work, fence));
    }

    /** The same for work that is one statement: on MySQL that saves four round trips where there is no fence. */
    <T> CompletableFuture<T> writeOne(Work<T> work) {
        Fence fence = fence();
        return submit(() -> writeOneNow(work, fence));
    }

    /** For work that is one statement and has its fence inside. */
    <T> CompletableFuture<T> statement(Work<T> work) {
        return submit(() -> statementNow(work));
    }

    /** For a call made now. */
    Fence fence() {
        long incarnation = holder.getAsLong();
        if (incarnation == 0) return Fence.NONE;
        Pool current = pool;
        return new Fence(incarnation, current == null ? "" : current.readLock());
    }

    /** Makes sure that {@code answer} completes in time. */
    <T> CompletableFuture<T> inTime(CompletableFuture<T> answer) {
        deadlines.add(answer, System.nanoTime());
        if (!ticking.get() && ticking.compareAndSet(false, true)) tickLater();
        return answer;
    }

    private interface Call<T> {
        T run() throws SQLException;
    }

    private <T> CompletableFuture<T> submit(Call<T> call) {
        if (isDown()) return CompletableFuture.failedFuture(unavailable());
        CompletableFuture<T> answer = inTime(new CompletableFuture<>());
        try {
            workers.execute(() -> run(call, answer));
        } catch (RejectedExecutionException full) {
            answer.completeExceptionally(overloaded());
        }
        return answer;
    }

    private <T> void run(Call<T> call, CompletableFuture<T> answer) {
        if (answer.isDone()) return; // failed while it waited: nobody expects an effect any more
        try {
            answer.complete(call.run());
        } catch (SQLException e) {
            answer.completeExceptionally(failure(e));
        } catch (RuntimeException | LinkageError e) {
            answer.completeExceptionally(e);
        }
    }

    /** Runs {@code task} on a thread of the storage. @return false if there is no room */
    boolean execute(Runnable task) {
        try {
            workers.execute(task);
            return true;
        } catch (RejectedExecutionException full) {
            return false;
        }
    }

    StorageException overloaded() {
        failed.increment();
        return new StorageException(
                "too many calls wait for the database: " + workers.getQueue().size());
    }

    StorageException unavailable() {
        return unavailable("is down");
    }

    private StorageException unavailable(String how) {
        failed.increment();
        return new StorageException(
                state == State.CLOSED ? "the storage is stopped" : "the database " + how + ": " + trouble);
    }

    /** On a thread of the storage only. */
    <T> T readNow(Work<T> work) throws SQLException {
        Tries tries = new Tries();
        while (true) {
            Pool current = usable();
            Connection c = null;
            try {
                c = current.take();
                return work.run(c);
            } catch (SQLException e) {
                tries.failed(e, current);
            } finally {
                if (c != null) current.giveBack(c);
            }
        }
    }

    /** On a thread of the storage only. */
    <T> T writeNow(Work<T> work, Fence fence) throws SQLException {
        return writeNow(work, fence, false);
    }

    /** The same for work that is one statement, and so needs no transaction around it unless it is fenced. */
    <T> T writeOneNow(Work<T> work, Fence fence) throws SQLException {
        return writeNow(work, fence, isShared() && fence.isNone());
    }

    /** The same for work that is one statement and has its fence inside. */
    <T> T statementNow(Work<T> work) throws SQLException {
        return writeNow(work, Fence.NONE, isShared());
    }

    /**
     * The same for what may be lost with the process: not waited for until it is on disk, where it is this node's file.
     *
     * @param one a single statement with one row, which needs no transaction around it
     */
    <T> T writeLazilyNow(Work<T> work, Fence fence, boolean one) throws SQLException {
        return writeNow(work, fence, one && fence.isNone(), false);
    }

    private <T> T writeNow(Work<T> work, Fence fence, boolean one) throws SQLException {
        return writeNow(work, fence, one, true);
    }

    private <T> T writeNow(Work<T> work, Fence fence, boolean one, boolean flush) throws SQLException {
        Tries tries = new Tries();
        while (true) {
            Pool current = usable();
            if (refusing && System.nanoTime() - nextWrite < 0) throw unavailable("refuses to write");
            Connection c = null;
            try {
                c = current.take();
                tries.committing = one;
                T value = one ? work.run(c) : transact(c, work, fence, tries);
                if (flush) {
                    tries.committing = true;
                    current.flush(c);
                    wrote(); // what is only in memory says nothing of the disk
                }
                return value;
            } catch (SQLException e) {
                tries.failed(e, current);
            } finally {
                if (c != null) current.giveBack(c);
            }
        }
    }

    /**
     * How often one call was tried. Again goes what met another transaction; and once what found its connection broken,
     * for that may have happened long ago, unless it broke at the commit: then nobody knows whether it took place. And what
     * met damage that could be mended.
     */
    private static final class Tries {
        private final long began = System.nanoTime();
        private int conflicts;
        private boolean lost;
        private boolean mended;
        private boolean committing;

        void failed(SQLException e, Pool pool) throws SQLException {
            Faults fault = Faults.of(e);
            if (fault == Faults.CONFLICT && ++conflicts < CONFLICTS) return;
            if (fault == Faults.LOST && !lost && !committing && System.nanoTime() - began < SUSPICIOUS.toNanos()) {
                lost = true;
                pool.evict(); // the others are likely to be as old
                return;
            }
            if (!mended && pool.mend(e)) {
                mended = true;
                return;
            }
            throw e;
        }
    }

    private static <T> T transact(Connection c, Work<T> work, Fence fence, Tries tries) throws SQLException {
        c.setAutoCommit(false);
        try {
            T value = work.run(c);
            fence.check(c);
            tries.committing = true;
            c.commit();
            c.setAutoCommit(true);
            return value;
        } catch (SQLException | RuntimeException e) {
            try {
                c.rollback();
                c.setAutoCommit(true);
            } catch (SQLException broken) {
                e.addSuppressed(broken);
            }
            throw e;
        }
    }

    private Pool usable() {
        try {
            if (state == State.OPENING && !opened.await(settings.timeout().toMillis(), TimeUnit.MILLISECONDS)) {
                throw new StorageException("the database is being opened");
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new StorageException("the storage is stopping", stopping);
        }
        if (state != State.UP) throw unavailable();
        return pool;
    }

    /** What to tell the caller; and looks after the database if this was its fault. */
    StorageException failure(SQLException e) {
        failed.increment();
        Faults fault = Faults.of(e);
        Pool current = pool;
        // No room: that may look like a file that is gone, or come with another error.
        boolean noRoom = current != null && current.isBrokenBy(e);
        if (fault == Faults.LOST && !noRoom) probeSoon();
        if (fault == Faults.REFUSED || noRoom) refused(e, noRoom);
        return new StorageException(e.getMessage() == null ? e.toString() : e.getMessage(), e);
    }

    private void refused(SQLException e, boolean noRoom) {
        trouble = inOneLine(e);
        if (noRoom) {
            pool.evict();
            nextWrite = System.nanoTime() + RETRY.toNanos();
        }
        synchronized (this) {
            if (refusing) return;
            refusing = true;
        }
        LOG.error("what=database_refuses reason=\"{}\" state={} code={}", trouble, e.getSQLState(), e.getErrorCode());
    }

    private void wrote() {
        if (!refusing) return;
        synchronized (this) {
            if (!refusing) return;
            refusing = false;
        }
        LOG.info("what=database_accepts");
    }

    /** Of its own, as the {@code DataSource} service gives it. */
    Connection fresh() throws SQLException {
        return new FreshConnections(usable()).getConnection();
    }

    boolean isShared() {
        return settings.isShared();
    }

    Settings settings() {
        return settings;
    }

    boolean isAvailable() {
        return state == State.UP;
    }

    int busy() {
        return workers.getActiveCount();
    }

    int waiting() {
        return workers.getQueue().size();
    }

    /** True where a call would fail at once. */
    boolean isDown() {
        return state == State.DOWN || state == State.CLOSED;
    }

    String description() {
        Pool current = pool;
        String product = current == null ? settings.kind().name().toLowerCase(Locale.ROOT) : current.product();
        return product + " at " + settings.address() + ", " + state.name().toLowerCase(Locale.ROOT) + ", "
                + busy() + " of " + settings.poolSize() + " connections busy, "
                + waiting() + " calls waiting" + (trouble.isEmpty() ? "" : ", last error: " + trouble);
    }

    Health health() {
        return switch (state) {
            case UP -> new Health(refusing ? Status.DEGRADED : Status.OK, description());
            case OPENING, DOWN, CLOSED -> new Health(Status.DOWN, description());
        };
    }

    // --- watching ---

    /** As long as calls are under way: a database that is not asked needs no watching. */
    private void tick() {
        long oldest = deadlines.expire(System.nanoTime());
        if (state == State.UP && oldest > SUSPICIOUS.toNanos()) probeSoon();
        if (deadlines.isEmpty()) {
            ticking.set(false);
            if (deadlines.isEmpty() || !ticking.compareAndSet(false, true)) return; // or one came just now
        }
        tickLater();
    }

    private void tickLater() {
        try {
            watch.schedule(this::tick, TICK.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closed) {
            LOG.trace("what=database_tick_dropped", closed);
        }
    }

    private void probeSoon() {
        if (state != State.CLOSED && probing.compareAndSet(false, true)) schedule(Duration.ZERO);
    }

    private void schedule(Duration after) {
        try {
            probes.schedule(this::probe, after.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closed) {
            LOG.trace("what=database_probe_dropped", closed);
        }
    }

    private void probe() {
        if (state == State.CLOSED) return;
        try {
            look();
            if (up()) ready.accept(pool);
            probing.set(false);
        } catch (SQLException | RuntimeException | LinkageError e) {
            down(e);
            schedule(RETRY);
        }
    }

    private void look() throws SQLException {
        if (pool == null) pool = poolFor(settings);
        if (state == State.CLOSED) return;
        try (Connection c = pool.probe()) {
            if (state == State.UP) {
                Sql.number(c, "SELECT 1");
                return;
            }
            pool.opened(c);
            new Schema(pool).bringUpToDate(c);
        }
    }

    /** @return false if it was up already, or is closed */
    private synchronized boolean up() {
        if (state == State.UP || state == State.CLOSED) return false;
        State before = state;
        state = State.UP;
        opened.countDown();
        if (before == State.DOWN) {
            LOG.info("what=database_up after_ms={}", (System.nanoTime() - downSince) / 1_000_000);
        } else {
            LOG.info("what=database_up product={} address={}", pool.product(), settings.address());
        }
        trouble = "";
        return true;
    }

    private synchronized void down(Throwable reason) {
        if (state == State.CLOSED) return;
        trouble = inOneLine(reason);
        if (state == State.DOWN) return;
        state = State.DOWN;
        downSince = System.nanoTime();
        opened.countDown();
        LOG.error("what=database_down address={} reason=\"{}\"", settings.address(), trouble);
        LOG.debug("what=database_down_details", reason);
        if (pool != null) pool.evict();
        deadlines.failAll("the database is down: " + trouble);
    }

    /** What happened and, as drivers wrap it, why: "Communications link failure: Connection refused". */
    private static String inOneLine(Throwable reason) {
        Throwable root = reason;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String what = firstLine(reason);
        String why = firstLine(root);
        return what.contains(why) ? what : what + ": " + why;
    }

    private static String firstLine(Throwable t) {
        String message = t.getMessage() == null ? t.toString() : t.getMessage();
        return message.lines().filter(l -> !l.isBlank()).findFirst().orElse("").strip();
    }

    /**
     * Lets what was accepted finish, for a bounded time. No thread is interrupted: that would close the file of H2 under
     * all others. Who still runs then finds the storage closed.
     */
    @Override
    public void close() {
        workers.shutdown();
        if (state == State.UP && !ended(workers, FINISH)) {
            LOG.warn("what=database_calls_abandoned waiting={}", waiting());
        }
        synchronized (this) {
            state = State.CLOSED;
        }
        opened.countDown();
        workers.getQueue().clear();
        watch.shutdown();
        probes.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        watch.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        probes.shutdown();
        ended(probes, FINISH.dividedBy(2)); // it may just be opening what is to be closed
        deadlines.failAll("the storage is stopped");
        Pool last = pool;
        if (last != null) last.close();
    }

    private static boolean ended(ExecutorService threads, Duration atMost) {
        try {
            return threads.awaitTermination(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
