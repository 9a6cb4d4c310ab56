package org.skein.c2s.internal;

import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadEventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.skein.xmpp.StreamError;
import org.skein.xmpp.XmlBuffer;

/**
 * What the streams of one event loop share: buffers that are only used within one call, and the list of streams that
 * have something to flush. They are flushed once per turn of the loop, after what was read and after tasks, so that all
 * that a turn writes to a stream leaves in one system call (and one TLS record). Belongs to its event loop.
 */
final class StreamLoop {
    private static final int KEEP_INPUT_BYTES = 64 * 1024;
    private static final long PERMIT_MS = 20;

    private final EventLoop loop;
    private final XmlBuffer xml = new XmlBuffer(4096);
    private final List<ClientConnection> streams = new ArrayList<>();
    private final Permit permit;
    private final int sweepSeconds;
    private byte[] input = new byte[4096];
    private List<ClientConnection> dirty = new ArrayList<>();
    private List<ClientConnection> flushing = new ArrayList<>();
    private final Runnable flush = this::flush;
    private final List<ClientConnection> stalled = new ArrayList<>();
    private boolean flushPlanned;
    private boolean sweeping;

    /** @param sweepSeconds how often streams are looked at for silence; 0 = never */
    StreamLoop(EventLoop loop, Permit permit, int sweepSeconds) {
        this.loop = loop;
        this.permit = permit;
        this.sweepSeconds = sweepSeconds;
    }

    /** An empty buffer, until the next call. */
    XmlBuffer xml() {
        return xml.clear();
    }

    /** An array of at least {@code length}, until the next call. */
    byte[] input(int length) {
        if (length <= input.length) {
            return input;
        }
        byte[] larger = new byte[Math.max(length, 2 * input.length)];
        if (larger.length <= KEEP_INPUT_BYTES) {
            input = larger;
        }
        return larger;
    }

    void flushLater(ClientConnection stream) {
        dirty.add(stream);
        if (!flushPlanned) {
            flushPlanned = true;
            if (loop instanceof SingleThreadEventLoop own && !loop.isShuttingDown()) {
                own.executeAfterEventLoopIteration(flush);
            } else {
                loop.execute(flush);
            }
        }
    }

    private void flush() {
        flushPlanned = false;
        List<ClientConnection> batch = dirty;
        dirty = flushing;
        flushing = batch;
        for (int i = 0; i < batch.size(); i++) {
            batch.get(i).flush();
        }
        batch.clear();
    }

    /**
     * A stream waits until this node may serve again. As long as one waits the permit is looked at: it may come back
     * for a moment too short to be told of.
     */
    void stalled(ClientConnection stream) {
        stalled.add(stream);
        if (stalled.size() == 1) {
            lookForPermit();
        }
    }

    private void lookForPermit() {
        loop.schedule(this::goOn, PERMIT_MS, TimeUnit.MILLISECONDS);
    }

    private void goOn() {
        if (loop.isShuttingDown()) {
            return;
        }
        if (!permit.isServing()) {
            stalled.removeIf(ClientConnection::isClosing);
            if (!stalled.isEmpty()) {
                lookForPermit();
            }
            return;
        }
        List<ClientConnection> waiting = List.copyOf(stalled);
        stalled.clear();
        waiting.forEach(ClientConnection::goOn);
    }

    /** @return its place, to be given to {@link #remove} */
    void add(ClientConnection stream) {
        stream.place = streams.size();
        streams.add(stream);
        if (sweepSeconds > 0 && !sweeping) {
            sweeping = true;
            loop.schedule(this::sweep, sweepSeconds, TimeUnit.SECONDS);
        }
    }

    void remove(ClientConnection stream) {
        int place = stream.place;
        if (place < 0) {
            return;
        }
        stream.place = -1;
        ClientConnection last = streams.remove(streams.size() - 1);
        if (last != stream) {
            streams.set(place, last);
            last.place = place;
        }
    }

    /** One timer for all streams of the loop: a stream that was read from since the last time is not silent. */
    private void sweep() {
        sweeping = !streams.isEmpty() && !loop.isShuttingDown();
        if (sweeping) {
            loop.schedule(this::sweep, sweepSeconds, TimeUnit.SECONDS);
        }
        for (int i = 0; i < streams.size(); i++) {
            streams.get(i).sweep();
        }
    }

    void closeAll(StreamError error) {
        for (ClientConnection stream : List.copyOf(streams)) {
            stream.close(java.util.Optional.of(error));
        }
    }

    EventLoop eventLoop() {
        return loop;
    }
}
