package org.skein.http.internal;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.skein.net.api.ListenException;
import org.skein.net.api.Listeners;
import org.skein.net.api.SocketTuning;

/** The listener for HTTP and its connections. */
final class HttpListener {
    private static final int MAX_LINE = 4096;
    private static final int MAX_HEADER = 8192;
    private static final int CHUNK = 4096;
    private static final long STOP_WITHIN_MS = 1000;

    private final Supplier<NodeHealth> health;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private volatile HttpSettings settings;
    private Listeners.Listener open; // null while off

    HttpListener(HttpSettings settings, Supplier<NodeHealth> health) {
        this.settings = settings;
        this.health = health;
    }

    synchronized void listen(Listeners listeners) throws ListenException {
        if (settings.port() >= 0) {
            open = listeners.open(
                    new Listeners.Request("http", "http-port", settings.port(), SocketTuning.DEFAULT),
                    new Initializer());
        }
    }

    /** Connections stay; the port is opened anew only if it changed. */
    synchronized void change(HttpSettings changed, Listeners listeners) throws ListenException {
        int before = settings.port();
        settings = changed;
        if (before != changed.port()) {
            close();
            listen(listeners);
        }
    }

    synchronized int port() {
        return open == null ? -1 : open.addresses().get(0).getPort();
    }

    private void close() {
        if (open != null) {
            open.close();
            open = null;
        }
    }

    synchronized void stop() {
        close();
        connections.close().awaitUninterruptibly(STOP_WITHIN_MS, TimeUnit.MILLISECONDS);
    }

    @ChannelHandler.Sharable
    private final class Initializer extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel channel) {
            connections.add(channel);
            channel.pipeline()
                    .addLast(
                            "http",
                            new HttpServerCodec(new HttpDecoderConfig()
                                    .setMaxInitialLineLength(MAX_LINE)
                                    .setMaxHeaderSize(MAX_HEADER)
                                    .setMaxChunkSize(CHUNK)))
                    .addLast("requests", new RequestHandler(() -> settings, health));
        }
    }
}
