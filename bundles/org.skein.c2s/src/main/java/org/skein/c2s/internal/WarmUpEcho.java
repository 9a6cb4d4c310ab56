package org.skein.c2s.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.skein.api.session.Session;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.PeerHandler;
import org.skein.xmpp.Jid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The other side of a {@link WarmUp} on another node: a user who exists nowhere else logs in here, and answers each message by one.
 * One at a time.
 */
final class WarmUpEcho implements PeerHandler {
    static final String CHANNEL = "warm-up";

    private static final Logger log = LoggerFactory.getLogger(WarmUpEcho.class);
    private static final int MOST = 10_000;

    private final Supplier<WarmUpPort> ports;
    private final BooleanSupplier allowed;
    private final AtomicBoolean busy = new AtomicBoolean();
    private volatile boolean stopped;
    private volatile WarmUpPort current; // null for none

    /** @param allowed whether users who do not exist may log in here now */
    WarmUpEcho(Supplier<WarmUpPort> ports, BooleanSupplier allowed) {
        this.ports = ports;
        this.allowed = allowed;
    }

    /**
     * What is asked.
     *
     * @param to the full JID of the user to write to, of a {@link WarmUpPort}
     * @param messages how many to wait for and write
     */
    record Request(Jid to, int messages) {
        byte[] bytes() {
            return (messages + " " + to).getBytes(StandardCharsets.UTF_8);
        }

        /** @throws IllegalArgumentException if it is none */
        static Request of(byte[] bytes) {
            String[] parts = new String(bytes, StandardCharsets.UTF_8).split(" ", 2);
            int messages = Integer.parseInt(parts[0]);
            if (messages < 1 || messages > MOST || parts.length < 2) {
                throw new IllegalArgumentException("no request to warm up");
            }
            return new Request(user(parts[1]), messages);
        }
    }

    /**
     * A user of a warm-up, as another node says.
     *
     * @throws IllegalArgumentException if it is somebody else
     */
    static Jid user(String text) {
        Jid jid = Jid.of(text);
        if (!Session.WARM_UP_NAME.matcher(jid.local()).matches()
                || !jid.resource().equals(WarmUpClient.RESOURCE)) {
            throw new IllegalArgumentException("nobody to warm up with: " + text);
        }
        return jid;
    }

    /** @return the full JID to write to */
    @Override
    public CompletionStage<byte[]> called(NodeId from, byte[] request) {
        Request asked = Request.of(request);
        if (stopped || !allowed.getAsBoolean() || !busy.compareAndSet(false, true)) {
            return CompletableFuture.failedFuture(new IllegalStateException("not now"));
        }
        CompletableFuture<byte[]> jid = new CompletableFuture<>();
        Thread thread = new Thread(() -> run(asked, jid), "skein-c2s-warm-up");
        thread.setDaemon(true);
        try {
            thread.start();
        } catch (Error e) { // no thread to be had
            busy.set(false);
            throw e;
        }
        return jid;
    }

    private void run(Request asked, CompletableFuture<byte[]> jid) {
        try (WarmUpPort port = ports.get()) {
            current = port;
            if (stopped) {
                port.cut();
            }
            try (WarmUpClient client = port.one()) {
                jid.complete(client.jid().getBytes(StandardCharsets.UTF_8));
                client.echo(asked.messages(), asked.to().toString());
            }
        } catch (IOException | RuntimeException e) {
            log.debug("what=warm_up_of_another_node_ended reason=\"{}\"", e.toString());
            jid.completeExceptionally(e);
        } finally {
            current = null;
            busy.set(false);
        }
    }

    void stop() {
        stopped = true;
        WarmUpPort port = current;
        if (port != null) {
            port.cut();
        }
    }
}
