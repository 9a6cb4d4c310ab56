package org.skein.cluster.transport.netty.internal;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.skein.cluster.transport.netty.internal.Frames.BadFrame;

/** DEFLATE for one connection; what came before is the dictionary of what comes next. Made when first used. */
final class Deflation {
    private static final int BATCH_BYTES = 64 * 1024;
    private static final int SLACK_BYTES = 1024;

    private final int mostBytes;
    private Deflater deflater;
    private Inflater inflater;

    Deflation(int maxMessageBytes) {
        mostBytes = mostBytes(maxMessageBytes);
    }

    /** The largest batch of frames, compressed or not: what fits into one batch, and one largest message. */
    static int mostBytes(int maxMessageBytes) {
        return maxMessageBytes + maxMessageBytes / 1000 + BATCH_BYTES + SLACK_BYTES;
    }

    /** @param frames released */
    ByteBuf deflate(ByteBuf frames, ByteBufAllocator allocator) {
        if (deflater == null) deflater = new Deflater(Deflater.BEST_SPEED, true);
        ByteBuf out = allocator.directBuffer(frames.readableBytes() / 2 + SLACK_BYTES);
        out.writeInt(0).writeByte(Frames.DEFLATED).writeByte(0);
        try {
            deflater.setInput(frames.nioBuffer());
            while (true) {
                out.ensureWritable(SLACK_BYTES);
                int room = out.writableBytes();
                int n = deflater.deflate(out.nioBuffer(out.writerIndex(), room), Deflater.SYNC_FLUSH);
                out.writerIndex(out.writerIndex() + n);
                if (n < room) break;
            }
        } finally {
            frames.release();
        }
        return out.setInt(0, out.readableBytes() - Frames.LENGTH_BYTES);
    }

    /** @throws BadFrame if it is no DEFLATE, or becomes larger than anything sent */
    ByteBuf inflate(ByteBuf body, ByteBufAllocator allocator) throws BadFrame {
        if (inflater == null) inflater = new Inflater(true);
        ByteBuf out = allocator.directBuffer(Math.min(mostBytes, body.readableBytes() * 3 + SLACK_BYTES));
        boolean good = false;
        try {
            inflater.setInput(body.nioBuffer());
            while (true) {
                if (out.readableBytes() > mostBytes) throw new BadFrame("grows beyond " + mostBytes + " bytes");
                out.ensureWritable(SLACK_BYTES);
                int room = out.writableBytes();
                ByteBuffer to = out.nioBuffer(out.writerIndex(), room);
                int n = inflater.inflate(to);
                out.writerIndex(out.writerIndex() + n);
                if (inflater.finished() || inflater.needsDictionary()) throw new BadFrame("compression ended");
                if (n < room) break;
            }
            good = true;
            return out;
        } catch (DataFormatException e) {
            throw new BadFrame("not compressed as it says: " + e.getMessage());
        } finally {
            if (!good) out.release();
        }
    }

    void close() {
        if (deflater != null) deflater.end();
        if (inflater != null) inflater.end();
        deflater = null;
        inflater = null;
    }
}
