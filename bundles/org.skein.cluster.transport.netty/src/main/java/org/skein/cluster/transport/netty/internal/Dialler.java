package org.skein.cluster.transport.netty.internal;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.skein.cluster.api.transport.Peer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connects to peers. Names are resolved on threads of their own: that may block for seconds. */
final class Dialler implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Dialler.class);
    private static final int CONNECT_MS = 2000;
    private static final int RESOLVERS = 4;
    private static final int MAX_PORT = 65535;
    private static final int QUEUED = 256;

    private final NettyEndpoint endpoint;
    private final ThreadPoolExecutor resolvers;

    Dialler(NettyEndpoint endpoint) {
        this.endpoint = endpoint;
        resolvers = new ThreadPoolExecutor(
                RESOLVERS, RESOLVERS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(QUEUED), task -> {
                    Thread thread = new Thread(task, "skein-cluster-dial");
                    thread.setDaemon(true);
                    return thread;
                });
        resolvers.allowCoreThreadTimeOut(true);
    }

    @Override
    public void close() {
        resolvers.shutdownNow();
    }

    /** Makes a connection for a lane; tells it if that fails. */
    void dial(PeerLink link, Lane lane, EventLoop loop) {
        Peer peer = link.peer();
        long begun = System.nanoTime();
        if (peer == null) {
            lane.onLoop(lane::dialFailed);
            return;
        }
        ChannelHandler pipeline = new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                endpoint.tune(channel);
                channel.pipeline()
                        .addLast("tls", endpoint.tlsContext().client(channel.alloc(), endpoint.settings().handshakeMs))
                        .addLast("greeter", new Greeter(endpoint, lane));
            }
        };
        connect(peer, loop, pipeline, (channel, failure) -> {
            if (failure == null) return; // the greeter goes on
            log.debug("what=cluster_dial_failed peer={} lane={}", link.id, lane.index, failure);
            if (isRefused(failure)) link.refused(begun);
            lane.onLoop(lane::dialFailed);
        });
    }

    /** Looks whether something listens; tells whether that was refused. */
    void probe(Peer peer, Consumer<Boolean> refused) {
        connect(peer, endpoint.nextLoop(), new Nothing(), (channel, failure) -> {
            if (channel != null) channel.close();
            refused.accept(failure != null && isRefused(failure));
        });
    }

    /** Does nothing with a connection. */
    @ChannelHandler.Sharable
    private static final class Nothing extends ChannelHandlerAdapter {}

    private void connect(Peer peer, EventLoop loop, ChannelHandler pipeline, BiConsumer<Channel, Throwable> result) {
        if (peer.host().isBlank() || peer.port() < 1 || peer.port() > MAX_PORT) {
            result.accept(null, new UnknownHostException(peer.host() + ":" + peer.port()));
            return;
        }
        try {
            resolvers.execute(() -> {
                InetAddress[] addresses;
                try {
                    addresses = InetAddress.getAllByName(peer.host());
                } catch (UnknownHostException | RuntimeException e) {
                    result.accept(null, e);
                    return;
                }
                connect(addresses, 0, peer.port(), loop, pipeline, null, result);
            });
        } catch (RejectedExecutionException e) {
            result.accept(null, e);
        }
    }

    /**
     * Tries one address after the other.
     *
     * @param doubt why one before failed, if not because it was refused; or null
     */
    private void connect(
            InetAddress[] addresses,
            int index,
            int port,
            EventLoop loop,
            ChannelHandler pipeline,
            Throwable doubt,
            BiConsumer<Channel, Throwable> result) {
        connect(new InetSocketAddress(addresses[index], port), loop, pipeline, (channel, failure) -> {
            if (failure == null) {
                result.accept(channel, null);
                return;
            }
            Throwable more = doubt != null || isRefused(failure) ? doubt : failure;
            if (index + 1 < addresses.length) {
                connect(addresses, index + 1, port, loop, pipeline, more, result);
            } else {
                result.accept(null, more != null ? more : failure); // refused only if each was
            }
        });
    }

    private void connect(
            InetSocketAddress address, EventLoop loop, ChannelHandler pipeline, BiConsumer<Channel, Throwable> result) {
        try {
            new Bootstrap()
                    .group(loop)
                    .channel(endpoint.loops().clientChannel())
                    .option(ChannelOption.ALLOCATOR, endpoint.loops().allocator())
                    .option(ChannelOption.TCP_NODELAY, true)
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MS)
                    .handler(pipeline)
                    .connect(address)
                    .addListener((ChannelFuture connected) -> {
                        if (connected.isSuccess()) result.accept(connected.channel(), null);
                        else result.accept(null, connected.cause());
                    });
        } catch (IllegalStateException | IllegalArgumentException e) { // port 0, or the loop stops
            result.accept(null, e);
        }
    }

    /** The machine is there and says that nothing listens; not a time-out, no route, or the like. */
    private static boolean isRefused(Throwable failure) {
        return failure instanceof ConnectException
                && String.valueOf(failure.getMessage()).contains("refused");
    }
}
