package org.skein.cluster.transport.netty.internal;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.skein.cluster.transport.netty.internal.Frames.BadFrame;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection of a {@link Lane} after both hellos: takes frames apart, and ends when the peer breaks the rules. */
final class Connection extends ByteToMessageDecoder {
    private static final Logger log = LoggerFactory.getLogger(Connection.class);

    /** In which a peer is to read our goodbye. */
    private static final long GOODBYE_MS = 1000;

    private final Lane lane;
    private final NettyEndpoint endpoint;
    private final int maxFrame;
    private final Deflation deflation;
    private final boolean deflates;

    private ChannelHandlerContext context;
    private boolean closed;
    private boolean finished;
    private int framesRead;

    Connection(Lane lane, Settings settings, int peersFeatures) {
        this.lane = lane;
        this.endpoint = lane.link.endpoint();
        this.deflation = new Deflation(settings.maxMessageBytes);
        this.maxFrame = Deflation.mostBytes(settings.maxMessageBytes);
        this.deflates = settings.compression && (peersFeatures & Hello.INFLATES) != 0;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext ctx) {
        deflation.close();
    }

    boolean isWritable() {
        return !closed && context != null && context.channel().isWritable();
    }

    ByteBuf buffer(int bytes) {
        return context.alloc().directBuffer(bytes);
    }

    void write(ByteBuf frames) {
        if (closed) frames.release();
        else context.write(deflates ? deflation.deflate(frames, context.alloc()) : frames);
    }

    void flush() {
        if (!closed) context.flush();
    }

    void writeAndFlush(ByteBuf frames) {
        write(frames);
        flush();
    }

    /**
     * Ends without a word.
     *
     * @param departed the peer said that it leaves
     */
    void abort(boolean departed) {
        if (closed) return;
        closed = true;
        context.close();
        lane.closed(this, departed);
    }

    /** Ends, and tells the peer why. */
    void goodbye(int code, String reason) {
        if (closed) return;
        if (isWritable()) {
            writeGoodbye(code, reason).addListener(ChannelFutureListener.CLOSE);
            context.executor().schedule(() -> context.close(), GOODBYE_MS, TimeUnit.MILLISECONDS);
        } else {
            context.close(); // it does not read
        }
        closed = true;
        lane.closed(this, false);
    }

    /** Says goodbye and waits for the peer to close, so that it reads all that was sent before. */
    void finish() {
        if (closed || finished) return;
        finished = true;
        writeGoodbye(Frames.LEAVES, "leaves");
    }

    private ChannelFuture writeGoodbye(int code, String reason) {
        ByteBuf frame = buffer(Frames.HEAD_BYTES + 4 + reason.length());
        Frames.goodbye(frame, code, reason);
        return context.writeAndFlush(frame);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        if (!closed) {
            lane.heard();
            endpoint.receivedBytes(lane.link, ((ByteBuf) message).readableBytes());
        }
        super.channelRead(ctx, message);
        if (framesRead > 0) {
            endpoint.receivedFrames(lane.link, framesRead);
            framesRead = 0;
        }
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        try {
            while (!closed && in.readableBytes() >= Frames.LENGTH_BYTES) {
                int length = in.getInt(in.readerIndex());
                if (length < 2 || length > maxFrame)
                    throw new BadFrame("frame of " + (length & 0xffffffffL) + " bytes");
                if (in.readableBytes() < Frames.LENGTH_BYTES + length) return;
                int end = in.readerIndex() + Frames.LENGTH_BYTES + length;
                in.skipBytes(Frames.LENGTH_BYTES);
                frame(in, length, false);
                in.readerIndex(end);
            }
        } catch (BadFrame e) {
            endpoint.badFrame(lane.link, lane.index, e.getMessage());
            goodbye(Frames.PROTOCOL, e.getMessage());
        }
        if (closed) in.skipBytes(in.readableBytes());
    }

    /** @param inside of a DEFLATED frame */
    private void frame(ByteBuf in, int length, boolean inside) throws BadFrame {
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int body = length - 2;
        framesRead++;
        switch (type) {
            case Frames.DATA -> data(in, body);
            case Frames.ACK -> {
                atLeast(body, 20);
                lane.acked(in.readLong(), in.readLong(), in.readInt());
            }
            case Frames.PING -> {
                atLeast(body, 36);
                long token = in.readLong();
                in.readLong(); // its epoch is of interest in echoes only
                lane.acked(in.readLong(), in.readLong(), in.readInt());
                lane.pinged(token);
            }
            case Frames.ECHO -> {
                atLeast(body, 36);
                long token = in.readLong();
                long epoch = in.readLong();
                lane.acked(in.readLong(), in.readLong(), in.readInt());
                lane.echoed(token, epoch);
            }
            case Frames.STREAM -> {
                atLeast(body, 16);
                lane.stream(in.readLong(), in.readLong());
            }
            case Frames.GOODBYE -> goodbyeReceived(in.readSlice(body));
            case Frames.DEFLATED -> {
                if (inside) throw new BadFrame("compressed twice");
                inflated(in.readSlice(body));
            }
            case Frames.HELLO, Frames.REFUSED -> throw new BadFrame("greeting again");
            default -> {
                if ((flags & Frames.SKIPPABLE) == 0) throw new BadFrame("unknown frame type " + type);
            }
        }
    }

    private static void atLeast(int body, int wanted) throws BadFrame {
        if (body < wanted) throw new BadFrame("truncated frame");
    }

    private void data(ByteBuf in, int body) throws BadFrame {
        atLeast(body, 16);
        long epoch = in.readLong();
        long number = in.readLong();
        int bytes = body - 16;
        if (bytes > endpoint.settings().maxMessageBytes) throw new BadFrame("message of " + bytes + " bytes");
        if (!lane.wants(number)) return;
        byte[] message = new byte[bytes];
        in.readBytes(message);
        lane.message(epoch, message);
    }

    private void inflated(ByteBuf body) throws BadFrame {
        ByteBuf plain = deflation.inflate(body, context.alloc());
        try {
            while (!closed && plain.isReadable()) {
                Frames.need(plain, Frames.HEAD_BYTES);
                int length = plain.readInt();
                if (length < 2 || length > plain.readableBytes()) throw new BadFrame("truncated frame");
                int end = plain.readerIndex() + length;
                frame(plain, length, true);
                plain.readerIndex(end);
            }
        } finally {
            plain.release();
        }
    }

    private void goodbyeReceived(ByteBuf body) throws BadFrame {
        Frames.need(body, 2);
        int code = body.readUnsignedShort();
        String reason = Frames.readText(body);
        if (code == Frames.LEAVES || code == Frames.AGAIN) {
            log.debug("what=cluster_goodbye peer={} lane={} reason=\"{}\"", lane.link.id, lane.index, reason);
        } else {
            endpoint.warnOnce(
                    "blamed " + lane.link.id,
                    () -> log.warn(
                            "what=cluster_connection_blamed peer={} lane={} code={} reason=\"{}\"",
                            lane.link.id,
                            lane.index,
                            code,
                            reason));
        }
        abort(code == Frames.LEAVES);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        if (!closed) lane.readComplete();
        super.channelReadComplete(ctx);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable() && !closed) lane.writable();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        super.channelInactive(ctx);
        if (closed) return;
        closed = true;
        lane.closed(this, false);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException || cause.getCause() instanceof IOException) { // TLS wraps its own
            log.debug("what=cluster_connection_broken peer={} lane={}", lane.link.id, lane.index, cause);
        } else {
            log.error("what=cluster_connection_failed peer={} lane={}", lane.link.id, lane.index, cause);
        }
        abort(false);
    }
}
