package org.skein.cluster.transport.netty.internal;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.skein.cluster.api.Peers;
import org.skein.cluster.api.transport.Peer;
import org.skein.cluster.transport.netty.internal.Frames.BadFrame;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The start of a connection: TLS shows a pinned certificate, the dialler says who it is and whom it wants, the other
 * answers likewise or refuses. Until then nothing is read but one small frame, and there is a deadline.
 */
final class Greeter extends ByteToMessageDecoder {
    private static final Logger log = LoggerFactory.getLogger(Greeter.class);

    private final NettyEndpoint endpoint;
    private final Lane dialled; // null where the peer dialled
    private ScheduledFuture<?> deadline;
    private String fingerprint;
    private boolean done;

    Greeter(NettyEndpoint endpoint, Lane dialled) {
        this.endpoint = endpoint;
        this.dialled = dialled;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        deadline = ctx.executor()
                .schedule(
                        () -> {
                            log.debug(
                                    "what=cluster_greeting_late address={}",
                                    ctx.channel().remoteAddress());
                            ctx.close();
                        },
                        endpoint.settings().handshakeMs,
                        TimeUnit.MILLISECONDS);
        if (dialled == null) endpoint.strangers().add(ctx.channel());
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext ctx) {
        deadline.cancel(false);
        endpoint.strangers().remove(ctx.channel());
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (handshake.isSuccess()) secured(ctx);
            else ctx.close();
        }
        super.userEventTriggered(ctx, event);
    }

    private void secured(ChannelHandlerContext ctx) {
        Optional<String> shown = endpoint.tls()
                .peer(ctx.pipeline().get(SslHandler.class).engine().getSession());
        fingerprint = shown.orElse("");
        if (dialled == null) {
            if (!endpoint.isPinned(fingerprint)) ctx.close(); // unpinned since the handshake began
            return;
        }
        Peer peer = dialled.link.peer();
        if (peer == null || !peer.fingerprints().contains(fingerprint)) {
            endpoint.strange(ctx.channel(), "certificate of another node at the address of " + dialled.link.id);
            ctx.close();
            return;
        }
        ctx.writeAndFlush(dialled.hello().encode(ctx.alloc()));
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (done || in.readableBytes() < Frames.LENGTH_BYTES) return;
        try {
            int length = in.getInt(in.readerIndex());
            if (length < 2 || length > Frames.MAX_HELLO) throw new BadFrame("greeting of " + length + " bytes");
            if (in.readableBytes() < Frames.LENGTH_BYTES + length) return;
            in.skipBytes(Frames.LENGTH_BYTES);
            int type = in.readUnsignedByte();
            in.readUnsignedByte();
            ByteBuf body = in.readSlice(length - 2);
            done = true;
            if (type == Frames.HELLO) greeted(ctx, Hello.decode(body));
            else if (type == Frames.REFUSED && dialled != null) refused(ctx, Refusal.decode(body));
            else throw new BadFrame("greeting of type " + type);
        } catch (BadFrame e) {
            done = true;
            endpoint.strange(ctx.channel(), e.getMessage());
            in.skipBytes(in.readableBytes());
            ctx.close();
        }
    }

    private void greeted(ChannelHandlerContext ctx, Hello hello) throws BadFrame {
        boolean versions = hello.common(endpoint.settings().minVersion, endpoint.settings().maxVersion) >= 0;
        if (dialled != null) {
            if (!versions || !hello.self().equals(dialled.link.id) || hello.connection() != dialled.index) {
                throw new BadFrame("answer that does not fit");
            }
            dialled.open(ctx.channel(), hello, false);
            return;
        }
        if (!versions) {
            refuse(ctx, hello, Frames.NO_VERSION, "versions " + hello.minVersion() + " to " + hello.maxVersion());
            return;
        }
        if (!hello.peer().equals(endpoint.self())) {
            refuse(ctx, hello, Frames.OTHER_INCARNATION, "no longer or not yet " + hello.peer());
            return;
        }
        PeerLink link = endpoint.link0(hello.self());
        Peer peer = link == null ? null : link.peer();
        if (peer == null || !peer.fingerprints().contains(fingerprint)) {
            refuse(ctx, hello, Frames.NOT_KNOWN, "not known as " + hello.self());
            return;
        }
        if (hello.lanes() != Peers.LANES || hello.connection() > Peers.LANES || link.dials()) {
            refuse(ctx, hello, Frames.NOT_WANTED, "no such connection");
            return;
        }
        endpoint.cameBack(hello.self(), fingerprint);
        ctx.channel().config().setAutoRead(false);
        link.lane(hello.connection()).adopt(ctx.channel(), hello);
    }

    private void refuse(ChannelHandlerContext ctx, Hello hello, int code, String reason) {
        endpoint.strange(ctx.channel(), "hello of " + hello.self() + ": " + reason);
        ctx.writeAndFlush(new Refusal(code, endpoint.self(), reason).encode(ctx.alloc()))
                .addListener(ChannelFutureListener.CLOSE);
    }

    private void refused(ChannelHandlerContext ctx, Refusal refusal) {
        endpoint.warnOnce(
                "refused " + dialled.link.id,
                () -> log.info(
                        "what=cluster_dial_refused peer={} code={} by={} reason=\"{}\"",
                        dialled.link.id,
                        refusal.code(),
                        refusal.by(),
                        refusal.reason()));
        if (refusal.code() == Frames.OTHER_INCARNATION) dialled.link.answeredBy(refusal.by());
        ctx.close();
    }

    /** A connection that ended before both had greeted. */
    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        super.channelInactive(ctx);
        if (dialled != null) dialled.onLoop(dialled::dialFailed);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException && !(cause instanceof SSLException)) {
            log.debug("what=cluster_greeting_broken address={}", ctx.channel().remoteAddress(), cause);
        } else {
            endpoint.strange(ctx.channel(), String.valueOf(cause.getMessage()));
        }
        ctx.close();
    }
}
