package org.skein.cluster.transport.netty.internal;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.skein.cluster.transport.netty.internal.Frames.BadFrame;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One of the connections to a peer and the order that goes over it, which outlives each connection. The last lane is
 * the control connection: it carries no messages.
 *
 * <p>What is not volatile belongs to the lane's thread, the event loop of its connection. An accepted connection has
 * its own loop already: then the lane moves there ({@link #adopt}). States of the connection:
 * <pre>
 * DOWN ──▶ DIALLING (only who has the smaller name) ──▶ UP ──▶ DOWN
 *   └────────────── accepted ────────────────────────▶ UP ──▶ UP (a newer connection replaces it)
 * </pre>
 */
final class Lane {
    private static final Logger log = LoggerFactory.getLogger(Lane.class);

    private static final int BATCH_BYTES = 64 * 1024;
    private static final int ACKNOWLEDGE_BYTES = 64 * 1024;
    private static final long STOOD_NANOS = TimeUnit.MILLISECONDS.toNanos(300);
    private static final long NANOS_PER_MS = 1_000_000;

    /** A message of an epoch this node has not installed yet. */
    private record Held(long epoch, byte[] message) {}

    /** The newest ping the peer echoed here: when it was sent, and what the peer had installed. */
    record Echo(long sentNanos, long epoch) {
        static final Echo NONE = new Echo(0, -1);
    }

    final PeerLink link;
    final int index;

    private final NettyEndpoint endpoint;
    private final Settings settings;
    private final int acknowledgeAt;
    private final AtomicBoolean flushDue = new AtomicBoolean();
    private final Runnable flushTask = this::flushDue;
    private final Backoff backoff = new Backoff();
    private final ArrayDeque<Held> held = new ArrayDeque<>();

    private volatile EventLoop loop;
    /** Null while the peer is not admitted. */
    private volatile Outbox outbox;

    private volatile long heardNanos;
    private volatile Echo echo = Echo.NONE;
    private volatile long pingPosted;

    private Connection connection;
    private boolean dialling;
    private long upSince;

    private Outbox announced;
    private int window;
    private long pendingEcho;
    private boolean echoPending;
    private CompletableFuture<Void> finishing;

    private long inStream;
    private long consumed;
    private long heldBytes;
    private boolean gap;
    private long unacknowledged;
    private Installed seen;
    private boolean admitted;

    Lane(PeerLink link, int index, NettyEndpoint endpoint) {
        this.link = link;
        this.index = index;
        this.endpoint = endpoint;
        this.settings = endpoint.settings();
        this.loop = endpoint.nextLoop();
        this.acknowledgeAt = Math.max(1, Math.min(ACKNOWLEDGE_BYTES, settings.windowBytes / 4));
    }

    // ---- Any thread ----

    /** Runs a task on the lane's thread, behind what it does now. */
    void onLoop(Runnable task) {
        EventLoop now = loop;
        try {
            now.execute(() -> {
                if (now == loop) task.run();
                else onLoop(task);
            });
        } catch (RejectedExecutionException e) {
            log.debug("what=loop_stopped peer={} lane={}", link.id, index, e);
        }
    }

    void send(byte[] message) {
        Outbox out = outbox;
        if (out == null) return;
        out.append(message);
        if (!flushDue.get() && flushDue.compareAndSet(false, true)) wake();
    }

    private void wake() {
        try {
            loop.execute(flushTask);
        } catch (RejectedExecutionException e) {
            log.debug("what=loop_stopped peer={} lane={}", link.id, index, e);
        }
    }

    boolean isWritable() {
        Outbox out = outbox;
        return out == null || out.isWritable();
    }

    void whenWritable(Runnable task) {
        Outbox out = outbox;
        if (out == null) task.run();
        else out.whenWritable(task);
    }

    long queuedBytes() {
        Outbox out = outbox;
        return out == null ? 0 : out.queuedBytes();
    }

    long heardNanos() {
        return heardNanos;
    }

    Echo echo() {
        return echo;
    }

    /** Since when a ping waits for this lane's own thread; 0 if none does. */
    long pingPosted() {
        return pingPosted;
    }

    /**
     * Begins (or ends) the order to the peer; under the endpoint's lock.
     *
     * @param ended takes what is to be told that it ended, without that lock
     */
    void admit(boolean admit, List<Outbox> ended) {
        Outbox before = outbox;
        if (admit == (before != null)) return;
        outbox = admit ? new Outbox(endpoint.newStream(), settings) : null;
        if (before != null) ended.add(before);
    }

    void ping(long nowNanos) {
        if (pingPosted != 0) return; // the lane's thread is late: one at a time
        pingPosted = nowNanos;
        onLoop(() -> {
            pingPosted = 0;
            pingNow(nowNanos);
        });
    }

    // ---- The lane's thread ----

    private void pingNow(long nowNanos) {
        long now = System.nanoTime();
        endpoint.ran(now - nowNanos);
        Connection to = connection;
        if (to == null) return;
        long silentSince = Math.max(Math.max(heardNanos, upSince), endpoint.awakeSinceNanos());
        if (now - silentSince > settings.silentMs * NANOS_PER_MS) {
            endpoint.warnOnce(
                    "silent " + link.id,
                    () -> log.warn("what=cluster_connection_silent peer={} lane={}", link.id, index));
            to.abort(false);
            return;
        }
        if (to.isWritable()) writePing(to, Frames.PING, now);
    }

    private void writePing(Connection to, int type, long token) {
        ByteBuf frame = to.buffer(Frames.PING_BYTES);
        Frames.ping(frame, type, token, endpoint.installed().epoch(), inStream, consumed, settings.windowBytes);
        unacknowledged = 0;
        to.writeAndFlush(frame);
    }

    /** Dials if there is no connection, and this node is to dial. */
    void connect() {
        if (connection != null || dialling || !link.dials() || link.isClosed()) return;
        if (index != NettyEndpoint.CONTROL && !link.isControlUp()) return; // called again when it is
        dialling = true;
        endpoint.dialler().dial(link, this, loop);
    }

    /** The attempt to dial came to nothing. */
    void dialFailed() {
        dialling = false;
        connectLater();
    }

    private void connectLater() {
        if (!link.dials() || link.isClosed()) return;
        try {
            loop.schedule(() -> onLoop(this::connect), backoff.nextMs(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            log.debug("what=loop_stopped peer={} lane={}", link.id, index, e);
        }
    }

    Hello hello() {
        return endpoint.hello(link.id, index, inStream, consumed);
    }

    /** Takes over a connection the peer dialled; on that connection's loop. */
    void adopt(Channel channel, Hello hello) {
        EventLoop target = channel.eventLoop();
        onLoop(() -> {
            abort();
            loop = target;
            target.execute(() -> open(channel, hello, true));
        });
    }

    /** The connection is used from now on. */
    void open(Channel channel, Hello hello, boolean answer) {
        dialling = false;
        if (link.isClosed() || link.peer() == null || !channel.isActive()) {
            channel.close(); // a dialler's greeter tells that it came to nothing
            return;
        }
        abort();
        Outbox out = outbox;
        if (out != null) {
            try {
                if (hello.received() == out.stream) out.acked(hello.consumed());
            } catch (BadFrame e) {
                endpoint.badFrame(link, index, e.getMessage());
                channel.close();
                return;
            }
        }
        announced = null; // so it is said where it goes on, and what is not confirmed is sent again
        window = hello.window();
        unacknowledged = 0;
        Connection now = new Connection(this, settings, hello.features());
        connection = now;
        upSince = System.nanoTime();
        heardNanos = upSince;
        if (answer) channel.writeAndFlush(hello().encode(channel.alloc()));
        link.up(this, channel);
        channel.pipeline().replace(Greeter.class, "lane", now);
        channel.config().setAutoRead(true);
        // Before what waits: so the peer is heard of also where this breaks again before the next ping is due.
        writePing(now, Frames.PING, System.nanoTime());
        flush();
    }

    /** A newer connection takes the place of the present one. */
    private void abort() {
        if (connection != null) connection.abort(false);
    }

    /** Ends the present connection, if any, and says so. */
    void drop(String reason) {
        if (connection != null) connection.goodbye(Frames.LEAVES, reason);
    }

    /** The connection is over. */
    void closed(Connection was, boolean departed) {
        if (was != connection) return;
        connection = null;
        held.clear(); // not consumed, so it comes again
        heldBytes = 0;
        gap = false;
        echoPending = false;
        if (System.nanoTime() - upSince > STOOD_NANOS) backoff.reset();
        if (finishing != null) finishing.complete(null);
        link.down(this, departed);
        connectLater();
    }

    /** Sends what waits, says goodbye, and completes when the connection is closed. */
    void finish(CompletableFuture<Void> done) {
        if (connection == null) {
            done.complete(null);
            return;
        }
        finishing = done;
        flush();
    }

    private void flushDue() {
        if (!loop.inEventLoop()) {
            loop.execute(flushTask); // the lane moved
            return;
        }
        flushDue.set(false);
        flush();
    }

    private void flush() {
        Connection to = connection;
        Outbox out = outbox;
        if (to == null) return;
        boolean wrote = false;
        if (out != announced) {
            if (out != null) {
                out.rewind();
                ByteBuf frame = to.buffer(Frames.STREAM_BYTES);
                Frames.stream(frame, out.stream, out.nextNumber());
                to.write(frame);
                wrote = true;
            }
            announced = out;
        }
        while (out != null && to.isWritable()) {
            int bytes = out.writable(window, BATCH_BYTES);
            if (bytes == 0) break;
            ByteBuf batch = to.buffer(bytes + Frames.ACK_BYTES);
            if (unacknowledged > 0) writeAck(batch);
            endpoint.sent(link, out.write(batch, endpoint.installed().epoch(), bytes), batch.readableBytes());
            to.write(batch);
            wrote = true;
        }
        if (wrote) to.flush();
        if (finishing != null && (out == null || out.isAllWritten())) to.finish();
    }

    private void writeAck(ByteBuf out) {
        unacknowledged = 0;
        Frames.ack(out, inStream, consumed, settings.windowBytes);
    }

    /** The connection takes more again. */
    void writable() {
        Connection to = connection;
        if (to == null) return;
        if (echoPending) {
            echoPending = false;
            writePing(to, Frames.ECHO, pendingEcho);
        }
        readComplete();
        flush();
    }

    // ---- What the peer sends; on the lane's thread ----

    void heard() {
        heardNanos = System.nanoTime();
    }

    /** All that was read is handled. */
    void readComplete() {
        Connection to = connection;
        if (to == null || unacknowledged < acknowledgeAt || !to.isWritable()) return;
        ByteBuf frame = to.buffer(Frames.ACK_BYTES);
        writeAck(frame);
        to.writeAndFlush(frame);
    }

    void stream(long id, long next) throws BadFrame {
        if (id == 0 || next < 1) throw new BadFrame("order " + id + " from " + next);
        if (index == NettyEndpoint.CONTROL) throw new BadFrame("messages on the control connection");
        if (id == inStream) {
            if (next - 1 > consumed + held.size()) throw new BadFrame("goes on at " + next + " after " + consumed);
            return;
        }
        held.clear();
        heldBytes = 0;
        gap = false;
        inStream = id;
        consumed = next - 1;
    }

    /** Whether a frame with that number is to be read; else it is passed over. */
    boolean wants(long number) throws BadFrame {
        if (inStream == 0) throw new BadFrame("message before its order");
        long have = consumed + held.size();
        if (gap || number <= have) return false;
        if (number != have + 1) throw new BadFrame("message " + number + " after " + have);
        return true;
    }

    /** The message {@link #wants} asked for. */
    void message(long epoch, byte[] message) throws BadFrame {
        Installed view = endpoint.installed();
        if (epoch > view.epoch() || !held.isEmpty()) {
            heldBytes += message.length;
            if (heldBytes > settings.windowBytes + (long) settings.maxMessageBytes) {
                throw new BadFrame("more than the window");
            }
            held.add(new Held(epoch, message));
        } else if (isAdmitted(view)) {
            deliver(message);
        } else {
            refuse();
        }
    }

    private boolean isAdmitted(Installed view) {
        if (view != seen) {
            seen = view;
            admitted = view.members().contains(link.id);
        }
        return admitted;
    }

    private void deliver(byte[] message) {
        try {
            endpoint.receiver().received(link.id, index, message);
        } catch (RuntimeException e) {
            log.error("what=receiver_failed peer={} lane={}", link.id, index, e);
        }
        consumed++;
        unacknowledged += message.length + Frames.DATA_HEAD_BYTES;
    }

    /** Not confirmed, so it would come again if the peer were admitted later; then the connection is made anew. */
    private void refuse() {
        gap = true;
        endpoint.refusedFrame(link);
    }

    /** This node installed another view. */
    void viewChanged() {
        Installed view = endpoint.installed();
        while (!held.isEmpty() && held.peek().epoch() <= view.epoch()) {
            if (!isAdmitted(view)) {
                held.clear();
                heldBytes = 0;
                refuse();
                break;
            }
            Held next = held.poll();
            heldBytes -= next.message().length;
            deliver(next.message());
        }
        if (gap && isAdmitted(view)) {
            if (connection != null) connection.goodbye(Frames.AGAIN, "admitted");
            return;
        }
        flush();
        readComplete();
    }

    void acked(long stream, long number, int peersWindow) throws BadFrame {
        Outbox out = outbox;
        if (peersWindow < 0 || number < 0) throw new BadFrame("negative figures");
        window = peersWindow;
        if (out == null || stream != out.stream) return; // of an order that ended
        out.acked(number);
        flush();
    }

    void pinged(long token) {
        Connection to = connection;
        if (to == null) return;
        if (to.isWritable()) {
            writePing(to, Frames.ECHO, token);
        } else {
            pendingEcho = token;
            echoPending = true;
        }
    }

    void echoed(long token, long epoch) throws BadFrame {
        long now = System.nanoTime();
        boolean older = echo != Echo.NONE && token - echo.sentNanos() < 0;
        if (now - token < 0 || token - upSince < 0 || older) throw new BadFrame("echo of no ping");
        boolean news = epoch != echo.epoch();
        echo = new Echo(token, epoch);
        if (news) link.changed();
        if (index == NettyEndpoint.CONTROL) link.roundTrip(now - token);
    }
}
