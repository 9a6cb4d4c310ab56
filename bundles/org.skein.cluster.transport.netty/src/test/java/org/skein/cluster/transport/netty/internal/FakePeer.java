package org.skein.cluster.transport.netty.internal;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.Peers;
import org.skein.cluster.api.transport.Peer;
import org.skein.net.api.PinnedTls;
import org.skein.net.internal.NettyEventLoops;
import org.skein.net.internal.tls.PeerTls;

/** Dials a node with a certificate, then says what a test wants: bytes, not our own code's frames. */
final class FakePeer implements AutoCloseable {
    /** Not watched for leaks: tests drop what they wrote. */
    static final UnpooledByteBufAllocator HEAP = new UnpooledByteBufAllocator(false, true);

    private static final byte[] CLOSED = new byte[0];
    private static final int SECONDS = 10;

    final NodeId id;
    final PinnedTls.Identity identity;
    private final PinnedTls.Context context;
    private final NettyEventLoops loops = new NettyEventLoops(1);

    FakePeer(NodeId id) throws IOException {
        this(id, new PeerTls("auto", Files.createTempDirectory("skein-fake"), Clock.systemUTC()));
    }

    private FakePeer(NodeId id, PinnedTls tls) throws IOException {
        this.id = id;
        this.identity = tls.make("fake", Duration.ofDays(1));
        this.context = tls.context(identity, any -> true);
    }

    /** As others are to know it; it does not listen. */
    Peer peer() {
        return new Peer(id, "127.0.0.1", 1, Set.of(identity.fingerprint()));
    }

    Hello hello(NodeId to, int connection) {
        return new Hello(1, 1, 0, connection, Peers.LANES, id, to, 0, 0, 1 << 20);
    }

    Line dial(TestNode node) throws InterruptedException {
        Line line = new Line();
        line.channel = new Bootstrap()
                .group(loops.group())
                .channel(loops.clientChannel())
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(context.client(channel.alloc(), 5000), line.new Reader());
                    }
                })
                .connect("127.0.0.1", node.endpoint.port())
                .sync()
                .channel();
        return line;
    }

    /** Dials, and says hello as a well-behaved peer; the answer is read. */
    Line link(TestNode node, int connection) throws InterruptedException {
        Line line = dial(node);
        line.say(hello(node.id(), connection).encode(HEAP));
        byte[] answer = line.next();
        if (answer.length == 0 || answer[Frames.LENGTH_BYTES] != Frames.HELLO) {
            throw new AssertionError("no hello: " + ByteBufUtil.hexDump(answer));
        }
        return line;
    }

    /** One connection. */
    static final class Line {
        private final BlockingQueue<byte[]> frames = new LinkedBlockingQueue<>();
        private final ByteBuf rest = Unpooled.buffer();
        Channel channel;

        private final class Reader extends SimpleChannelInboundHandler<ByteBuf> {
            @Override
            protected void channelRead0(ChannelHandlerContext ctx, ByteBuf in) {
                rest.writeBytes(in);
                while (rest.readableBytes() >= 4 && rest.readableBytes() >= 4 + rest.getInt(rest.readerIndex())) {
                    byte[] frame = new byte[4 + rest.getInt(rest.readerIndex())];
                    rest.readBytes(frame);
                    frames.add(frame);
                }
            }

            @Override
            public void channelInactive(ChannelHandlerContext ctx) {
                frames.add(CLOSED);
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                ctx.close();
            }
        }

        void say(ByteBuf bytes) {
            channel.writeAndFlush(bytes);
        }

        void say(String hex) {
            say(Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex.replaceAll("\\s", ""))));
        }

        boolean isSecured() {
            return channel.pipeline()
                            .get(SslHandler.class)
                            .handshakeFuture()
                            .awaitUninterruptibly(SECONDS, TimeUnit.SECONDS)
                    && channel.pipeline()
                            .get(SslHandler.class)
                            .handshakeFuture()
                            .isSuccess();
        }

        /** The next frame; empty when the connection is closed. */
        byte[] next() throws InterruptedException {
            byte[] frame = frames.poll(SECONDS, TimeUnit.SECONDS);
            if (frame == null) throw new AssertionError("nothing came");
            return frame;
        }

        /** The next frame of a type. */
        byte[] next(int type) throws InterruptedException {
            while (true) {
                byte[] frame = next();
                if (frame.length == 0) throw new AssertionError("closed before a frame of type " + type);
                if (frame[Frames.LENGTH_BYTES] == type) return frame;
            }
        }

        /** The types of the frames until the connection was closed. */
        List<Integer> untilClosed() throws InterruptedException {
            List<Integer> types = new ArrayList<>();
            for (byte[] frame; (frame = next()).length > 0; ) types.add((int) frame[Frames.LENGTH_BYTES]);
            return types;
        }
    }

    @Override
    public void close() {
        context.close();
        loops.stop();
        loops.group().terminationFuture().awaitUninterruptibly();
    }
}
