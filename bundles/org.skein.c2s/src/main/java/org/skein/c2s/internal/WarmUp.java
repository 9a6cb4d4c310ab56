package org.skein.c2s.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.skein.cluster.api.Cluster;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.Peers;
import org.skein.xmpp.Jid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Right after the start the node logs in to itself as two users who exist nowhere else, and lets them chat, with each other and with
 * one at another node: so the methods clients run through are compiled before the crowd comes that a restart brings. It waits while
 * there are clients, and ends a minute after the start at the latest. Blocks its thread; {@link #stop} may be called on any other.
 */
final class WarmUp implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(WarmUp.class);
    private static final int ROUNDS = 250;
    private static final int BATCHES = 300;
    private static final int BATCH = 50;
    private static final int SINGLES = 10_000;
    private static final int CONFIRM_EVERY = 50;
    private static final int NODE_ROUNDS = 10;
    private static final int NODE_BATCHES = 40;
    private static final int NODE_SINGLES = 1000;
    private static final int NODE_MESSAGES = NODE_BATCHES * BATCH + NODE_SINGLES;
    private static final Duration NODE_PATIENCE = Duration.ofSeconds(5);
    private static final long AT_MOST_MS = 6000; // for each of the two parts
    private static final long LOOK_MS = 100;

    /** Who else is there. Any thread. */
    interface Surroundings {
        /** Clients. */
        boolean isDisturbed();

        /** Bundles of others that would hear of users who do not exist. */
        boolean isOverheard();

        /** The server has not been up for long. */
        boolean isYoung();
    }

    private final Supplier<WarmUpPort> ports;
    private final Permit permit;
    private final Supplier<Cluster> cluster;
    private final Surroundings around;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile WarmUpPort port; // null if there is none
    private long worked; // nanos, of the part under way
    private long last; // nanos, of the last look

    /** @param cluster answers null while there is none */
    WarmUp(Supplier<WarmUpPort> ports, Permit permit, Supplier<Cluster> cluster, Surroundings around) {
        this.ports = ports;
        this.permit = permit;
        this.cluster = cluster;
        this.around = around;
    }

    void stop() {
        stopped.countDown();
        WarmUpPort now = port;
        if (now != null) {
            now.cut();
        }
    }

    @Override
    public void run() {
        begin();
        if (!goesOn()) {
            log.info("what=not_warmed_up");
            return;
        }
        int rounds = 0;
        try (WarmUpPort opened = ports.get()) {
            port = opened;
            while (rounds < ROUNDS && goesOn()) {
                logIns();
                rounds++;
            }
            if (goesOn()) {
                chat();
            }
            begin();
            log.info("what=warmed_up logins={} between_nodes={}", 2 * rounds, chatBetweenNodes());
        } catch (IOException | RuntimeException e) {
            if (permit.mayLogIn() && !isStopped()) {
                log.warn(
                        "what=not_warmed_up effect=\"the first clients are served more slowly\" reason=\"{}\"",
                        e.toString());
            }
        }
    }

    private boolean isStopped() {
        return stopped.getCount() == 0;
    }

    private void begin() {
        worked = 0;
        last = System.nanoTime();
    }

    /** Waits while there are clients. */
    private boolean goesOn() {
        worked += System.nanoTime() - last;
        boolean on = around.isYoung() && !around.isOverheard() && TimeUnit.NANOSECONDS.toMillis(worked) < AT_MOST_MS;
        while (on && around.isDisturbed()) {
            on = !sleep() && around.isYoung();
        }
        last = System.nanoTime();
        return on && !isStopped();
    }

    /** @return whether it is to stop */
    private boolean sleep() {
        try {
            return stopped.await(LOOK_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private void logIns() throws IOException {
        try (WarmUpClient a = port.one();
                WarmUpClient b = port.other()) {
            for (int i = 0; i < 4; i++) {
                a.write(1, b.jid());
                b.awaitMessages(1).write(1, a.jid());
                a.awaitMessages(1);
            }
        }
    }

    private void chat() throws IOException {
        try (WarmUpClient a = port.one();
                WarmUpClient b = port.other()) {
            for (int i = 0; i < BATCHES && goesOn(); i++) {
                a.write(BATCH, i % 2 == 0 ? b.jid() : b.bare());
                b.awaitMessages(BATCH).confirm();
            }
            // One at a time, as people write: each wakes an event loop, and what a wake runs through is half of what
            // such a message costs.
            for (int i = 0; i < SINGLES / CONFIRM_EVERY && goesOn(); i++) {
                for (int k = 0; k < CONFIRM_EVERY; k++) {
                    a.write(1, b.jid());
                    b.write(1, a.jid());
                    a.awaitMessages(1);
                    b.awaitMessages(1);
                }
                a.confirm();
                b.confirm();
            }
        }
    }

    /** @return how many messages other nodes answered */
    private int chatBetweenNodes() {
        int rounds = 0;
        while (rounds < NODE_ROUNDS && goesOn()) {
            Cluster now = cluster.get();
            List<NodeId> others =
                    now == null ? List.of() : new ArrayList<>(now.view().ids());
            if (others.size() < 2) {
                break;
            }
            others.remove(now.self());
            NodeId node = others.get(ThreadLocalRandom.current().nextInt(others.size()));
            try {
                chatWith(now.peers(), node);
                rounds++;
            } catch (IOException e) { // it warms up with another node now, does not do so at all, or is gone
                log.debug("what=not_warmed_up_with node={} reason=\"{}\"", node, e.toString());
                sleep();
            }
        }
        return rounds * NODE_MESSAGES;
    }

    private void chatWith(Peers peers, NodeId node) throws IOException {
        try (WarmUpClient client = port.one()) {
            String to = ask(peers, node, new WarmUpEcho.Request(Jid.of(client.jid()), NODE_MESSAGES));
            for (int i = 0; i < NODE_BATCHES; i++) {
                client.write(BATCH, to);
                client.awaitMessages(BATCH).confirm();
            }
            for (int i = 1; i <= NODE_SINGLES; i++) {
                client.write(1, to);
                client.awaitMessages(1);
                if (i % CONFIRM_EVERY == 0) {
                    client.confirm();
                }
            }
        }
    }

    /** @return whom to write to */
    private static String ask(Peers peers, NodeId node, WarmUpEcho.Request request) throws IOException {
        Peers.Reply reply = peers.call(node, WarmUpEcho.CHANNEL, request.bytes(), NODE_PATIENCE)
                .toCompletableFuture()
                .join();
        if (!reply.isAnswered()) {
            throw new IOException(reply.result() + " " + reply.error());
        }
        try {
            return WarmUpEcho.user(new String(reply.payload(), StandardCharsets.UTF_8))
                    .toString();
        } catch (IllegalArgumentException e) {
            throw new IOException(e);
        }
    }
}
