package org.skein.net.internal;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.Designate;
import org.skein.net.api.EventLoops;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Epoll where it loads, else NIO. One chunk of buffers per loop, so that an empty server stays small. */
@Component(configurationPid = "org.skein.net")
@Designate(ocd = NetConfig.class)
public final class NettyEventLoops implements EventLoops {
    private static final Logger log = LoggerFactory.getLogger(NettyEventLoops.class);
    private static final int PAGE_BYTES = 8192;
    private static final int CHUNK_ORDER = 7; // 1 MiB chunks: what 10 000 idle streams pin stays small
    private static final int SMALL_CACHE = 256;
    private static final int NORMAL_CACHE = 32;

    private final int wanted;
    private final EventLoopGroup group;
    private final ByteBufAllocator allocator;
    private final boolean epoll;

    @Activate
    public NettyEventLoops(NetConfig config) {
        this(config.event_loops());
    }

    public NettyEventLoops(int loops) {
        // Fewer loops than processors: a stanza that stays on its loop wakes no other thread, which is most of what it
        // costs
        // while there is little to do; and the database, passwords, the collector and the compiler want a processor
        // too.
        wanted = loops;
        int count = loops > 0 ? loops : Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        epoll = Epoll.isAvailable();
        IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        group = new MultiThreadIoEventLoopGroup(count, new DefaultThreadFactory("skein-loop", true), io);
        allocator =
                new PooledByteBufAllocator(true, 1, count, PAGE_BYTES, CHUNK_ORDER, SMALL_CACHE, NORMAL_CACHE, true);
        log.info("what=event_loops_started count={} transport={}", count, transport());
    }

    /** Whatever changes, streams go on: they live on these loops. */
    @Modified
    void modified(NetConfig config) {
        if (config.event_loops() == wanted) return;
        log.warn("what=restart_needed setting=event-loops used={} wanted={}", wanted, config.event_loops());
    }

    /** Channels are closed by whoever opened them; what is left is cut. */
    @Deactivate
    public void stop() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    @Override
    public EventLoopGroup group() {
        return group;
    }

    @Override
    public Class<? extends ServerChannel> serverChannel() {
        return epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    @Override
    public Class<? extends SocketChannel> clientChannel() {
        return epoll ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    @Override
    public ByteBufAllocator allocator() {
        return allocator;
    }

    @Override
    public String transport() {
        return epoll ? "epoll" : "nio";
    }
}
