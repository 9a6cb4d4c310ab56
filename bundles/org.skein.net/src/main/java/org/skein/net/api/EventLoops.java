package org.skein.net.api;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.SocketChannel;
import org.osgi.annotation.versioning.ProviderType;

/** The event loops of this node: one set for all, native where the platform has it. */
@ProviderType
public interface EventLoops {
    EventLoopGroup group();

    /** Listening sockets that fit {@link #group}. */
    Class<? extends ServerChannel> serverChannel();

    /** Outgoing connections that fit {@link #group}. */
    Class<? extends SocketChannel> clientChannel();

    /** For all channels, so that buffers move between them for free. */
    ByteBufAllocator allocator();

    /** {@code epoll} or {@code nio}. */
    String transport();
}
