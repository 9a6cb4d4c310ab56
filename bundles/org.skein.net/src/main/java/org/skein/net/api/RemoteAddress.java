package org.skein.net.api;

import io.netty.channel.Channel;
import io.netty.util.Attribute;
import io.netty.util.AttributeKey;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Objects;

/** Where a connection really comes from: behind a balancer the client's address is not that of the socket. Any thread. */
public final class RemoteAddress {
    private static final AttributeKey<InetSocketAddress> CLIENT = AttributeKey.valueOf("org.skein.net.client");

    private RemoteAddress() {}

    /** The client's address; null for a channel that is gone. */
    public static SocketAddress of(Channel channel) {
        if (channel.hasAttr(CLIENT)) {
            Attribute<InetSocketAddress> client = channel.attr(CLIENT);
            return client.get();
        }
        return channel.remoteAddress();
    }

    /** For who has read it from a header that only a trusted balancer may write. */
    public static void set(Channel channel, InetSocketAddress client) {
        channel.attr(CLIENT).set(Objects.requireNonNull(client, "client"));
    }
}
