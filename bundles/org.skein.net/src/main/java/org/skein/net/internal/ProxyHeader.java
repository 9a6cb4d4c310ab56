package org.skein.net.internal;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyProtocolException;
import io.netty.util.NetUtil;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import org.skein.net.api.RemoteAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The start of a connection from a balancer: the PROXY header (version 1 or 2) says whose it is, and only then is the
 * connection set up as any other. Nothing is answered before that, and whoever sends something else, too much, or
 * nothing in time is cut.
 */
final class ProxyHeader extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(ProxyHeader.class);
    /** Balancers add a few hundred bytes about TLS, the cloud's end point and the like. */
    private static final int MAX_EXTRA_BYTES = 2048;

    private final ChannelHandler next;
    private final BiPredicate<Channel, SocketAddress> admission;
    private final long withinMs;
    private ScheduledFuture<?> deadline;
    private boolean active;
    private boolean over;

    /** @param admission lets a connection from that address in, or closes it */
    private ProxyHeader(ChannelHandler next, BiPredicate<Channel, SocketAddress> admission, long withinMs) {
        this.next = next;
        this.admission = admission;
        this.withinMs = withinMs;
    }

    static void expect(
            ChannelPipeline pipeline,
            ChannelHandler next,
            BiPredicate<Channel, SocketAddress> admission,
            long withinMs) {
        pipeline.addLast("proxy-decoder", new Decoder());
        pipeline.addLast("proxy-header", new ProxyHeader(next, admission, withinMs));
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        deadline = context.executor()
                .schedule(() -> refuse(context, "no header in time"), withinMs, TimeUnit.MILLISECONDS);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        deadline.cancel(false);
    }

    /** Those behind hear of it when they are there. */
    @Override
    public void channelActive(ChannelHandlerContext context) {
        active = true;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            if (message instanceof HAProxyMessage header && !over) {
                over = true;
                enter(context, header);
            }
        } finally {
            ReferenceCountUtil.release(message); // bytes after a header that was refused
        }
    }

    private void enter(ChannelHandlerContext context, HAProxyMessage header) {
        SocketAddress balancer = context.channel().remoteAddress();
        InetSocketAddress client = client(header);
        if (client != null) {
            RemoteAddress.set(context.channel(), client);
        }
        if (!admission.test(context.channel(), client == null ? balancer : client)) {
            return;
        }
        log.trace("what=proxied balancer={} client={}", balancer, client);
        context.pipeline().addLast(next);
        if (active) {
            context.fireChannelActive();
        }
        context.pipeline().remove(this);
    }

    /** Null where the balancer speaks for itself, as in a health check, or knows no address. */
    private static InetSocketAddress client(HAProxyMessage header) {
        if (header.command() == HAProxyCommand.LOCAL || header.sourceAddress() == null) {
            return null;
        }
        InetAddress address = NetUtil.createInetAddressFromIpAddressString(header.sourceAddress());
        return address == null ? null : new InetSocketAddress(address, header.sourcePort());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        refuse(context, String.valueOf(cause));
    }

    private void refuse(ChannelHandlerContext context, String reason) {
        if (!over) {
            over = true;
            log.debug(
                    "what=proxy_header_refused address={} reason=\"{}\"",
                    context.channel().remoteAddress(),
                    reason);
        }
        context.close();
    }

    /** Sees at once that what begins otherwise is no header; Netty's waits for the end of a line. */
    private static final class Decoder extends HAProxyMessageDecoder {
        private boolean begun;

        private Decoder() {
            super(MAX_EXTRA_BYTES);
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
            if (!begun && message instanceof ByteBuf in && in.isReadable()) {
                begun = true;
                byte first = in.getByte(in.readerIndex());
                if (first != 'P' && first != '\r') {
                    in.release();
                    throw new HAProxyProtocolException("no header");
                }
            }
            super.channelRead(context, message);
        }
    }
}
