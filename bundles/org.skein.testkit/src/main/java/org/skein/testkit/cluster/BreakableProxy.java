package org.skein.testkit.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A TCP proxy on loopback that breaks on command. Let one node know the other by the proxy's port. Any thread.
 *
 * <p>TCP is what is proxied, so what is swallowed is missing for ever: after {@link #swallow} a connection is of no use
 * any more, as after a packet filter that drops. To go on use {@link #cut} too.
 */
public final class BreakableProxy implements AutoCloseable {
    private static final int BUFFER = 16 * 1024;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    /** Which way bytes go. */
    public enum Way {
        /** From who dialled to the target. */
        FORTH,
        BACK
    }

    /** How one way is treated. */
    private static final class Treatment {
        private volatile boolean held;
        private volatile boolean swallowed;
        private volatile long delayNanos;
        private volatile long bytesPerSecond;
        private final AtomicLong passed = new AtomicLong();
    }

    private final InetSocketAddress target;
    private final InetAddress address;
    private final int port;
    private final Treatment forth = new Treatment();
    private final Treatment back = new Treatment();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicLong accepted = new AtomicLong();
    private final Object gate = new Object();
    private volatile boolean unanswered;
    private volatile boolean closed;
    private ServerSocket server; // guarded by this

    /** Listens on any free port. */
    public BreakableProxy(String host, int port) throws IOException {
        this(new InetSocketAddress(host, port), 0);
    }

    /** @param listen the port to listen on, 0 for any free one */
    public BreakableProxy(InetSocketAddress target, int listen) throws IOException {
        this(target, new InetSocketAddress(InetAddress.getLoopbackAddress(), listen));
    }

    /** @param listen where to listen */
    public BreakableProxy(InetSocketAddress target, InetSocketAddress listen) throws IOException {
        this.target = target;
        this.address = listen.getAddress();
        this.server = listen(listen.getPort());
        this.port = server.getLocalPort();
        accept(server);
    }

    private ServerSocket listen(int port) throws IOException {
        ServerSocket fresh = new ServerSocket();
        fresh.setReuseAddress(true);
        fresh.bind(new InetSocketAddress(address, port), 64);
        return fresh;
    }

    public int port() {
        return port;
    }

    /** How many connections came in so far. */
    public long accepted() {
        return accepted.get();
    }

    /** How many bytes went through that way. */
    public long passed(Way way) {
        return of(way).passed.get();
    }

    private Treatment of(Way way) {
        return way == Way.FORTH ? forth : back;
    }

    /** Resets all connections; new ones are accepted. */
    public void cut() {
        for (Socket socket : sockets) reset(socket);
    }

    /** New connections are refused by the machine from now on; those that stand stay. */
    public synchronized void refuse() throws IOException {
        server.close();
    }

    /** Connections are accepted again, on the same port. */
    public synchronized void acceptAgain() throws IOException {
        if (!server.isClosed()) return;
        server = listen(port);
        accept(server);
    }

    /** New connections are accepted, but nothing is behind them. */
    public void leaveUnanswered(boolean on) {
        unanswered = on;
    }

    /** Bytes of that way wait here until {@link #release}: the sender sees a peer that does not read. */
    public void hold(Way way) {
        of(way).held = true;
    }

    public void release(Way way) {
        of(way).held = false;
        synchronized (gate) {
            gate.notifyAll();
        }
    }

    /** Bytes of that way are taken and lost: a connection that is open on one side only. */
    public void swallow(Way way, boolean on) {
        of(way).swallowed = on;
    }

    /** Each piece of bytes of that way waits so long. */
    public void delay(Way way, long millis) {
        of(way).delayNanos = TimeUnit.MILLISECONDS.toNanos(millis);
    }

    /** @param bytesPerSecond 0 for no bound */
    public void slow(Way way, long bytesPerSecond) {
        of(way).bytesPerSecond = bytesPerSecond;
    }

    @Override
    public void close() throws IOException {
        closed = true;
        refuse();
        cut();
        synchronized (gate) {
            gate.notifyAll();
        }
    }

    private void accept(ServerSocket from) {
        start("accept", () -> {
            try {
                while (true) {
                    Socket dialled = from.accept();
                    accepted.incrementAndGet();
                    sockets.add(dialled);
                    if (closed) reset(dialled);
                    else if (!unanswered) connect(dialled);
                }
            } catch (IOException e) {
                closeQuietly(from); // refused from now on
            }
        });
    }

    private void connect(Socket dialled) {
        Socket onward = new Socket();
        try {
            onward.connect(target);
            onward.setTcpNoDelay(true);
            dialled.setTcpNoDelay(true);
        } catch (IOException e) {
            reset(onward);
            reset(dialled);
            return;
        }
        sockets.add(onward);
        start("forth", () -> pass(dialled, onward, forth));
        start("back", () -> pass(onward, dialled, back));
    }

    private void pass(Socket from, Socket to, Treatment treatment) {
        byte[] buffer = new byte[BUFFER];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n; (n = in.read(buffer)) >= 0; ) {
                await(treatment, n);
                if (treatment.swallowed) continue;
                out.write(buffer, 0, n);
                treatment.passed.addAndGet(n);
            }
            to.shutdownOutput();
            if (from.isOutputShutdown()) { // the other way is over, too
                end(from);
                end(to);
            }
        } catch (IOException e) {
            reset(from); // as the other end would see it
            reset(to);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void await(Treatment treatment, int bytes) throws InterruptedException {
        long rate = treatment.bytesPerSecond;
        long nanos = treatment.delayNanos + (rate > 0 ? bytes * NANOS_PER_SECOND / rate : 0);
        long until = System.nanoTime() + nanos;
        synchronized (gate) {
            for (long left = nanos; left > 0 && !closed; left = until - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(gate, left);
            }
            while (treatment.held && !closed) gate.wait();
        }
    }

    private void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (SocketException e) {
            sockets.remove(socket); // closed already
        }
        end(socket);
    }

    private void end(Socket socket) {
        sockets.remove(socket);
        closeQuietly(socket);
    }

    private static void closeQuietly(java.io.Closeable closeable) {
        try {
            closeable.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e); // never seen of a socket
        }
    }

    private void start(String name, Runnable task) {
        Thread thread = new Thread(task, "breakable-proxy-" + name);
        thread.setDaemon(true);
        thread.start();
    }
}
