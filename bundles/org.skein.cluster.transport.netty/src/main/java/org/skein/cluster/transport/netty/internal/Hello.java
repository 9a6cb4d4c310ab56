package org.skein.cluster.transport.netty.internal;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.transport.netty.internal.Frames.BadFrame;

/**
 * The first frame each way:
 * <pre>
 * u32 magic | u16 lowest version | u16 highest version | u32 features | u8 connection | u8 lanes
 * i64 incarnation | text name | i64 incarnation expected | text name expected
 * i64 order received | i64 number consumed last | u32 window
 * </pre>
 * Later versions append. The version spoken is the lower of the two highest.
 *
 * @param features what the sender understands, {@link #INFLATES}; unknown bits are ignored
 * @param connection the lane, or their count for the control connection
 * @param received the order ({@code STREAM}) of the peer received last; 0 for none
 * @param consumed the number consumed last of that order
 * @param window what may be under way to the sender
 */
record Hello(
        int minVersion,
        int maxVersion,
        int features,
        int connection,
        int lanes,
        NodeId self,
        NodeId peer,
        long received,
        long consumed,
        int window) {
    static final int MAGIC = 0x534b434c; // "SKCL"
    static final int INFLATES = 1;

    /** Of a peer's hello: what both speak, or -1. */
    int common(int ourMin, int ourMax) {
        int version = Math.min(ourMax, maxVersion);
        return version >= ourMin && version >= minVersion ? version : -1;
    }

    ByteBuf encode(ByteBufAllocator allocator) {
        ByteBuf body = allocator.buffer(128);
        body.writeInt(0).writeByte(Frames.HELLO).writeByte(0);
        body.writeInt(MAGIC).writeShort(minVersion).writeShort(maxVersion).writeInt(features);
        body.writeByte(connection).writeByte(lanes);
        body.writeLong(self.incarnation());
        Frames.writeText(body, self.name());
        body.writeLong(peer.incarnation());
        Frames.writeText(body, peer.name());
        body.writeLong(received).writeLong(consumed).writeInt(window);
        body.setInt(0, body.readableBytes() - Frames.LENGTH_BYTES);
        return body;
    }

    /** @param body behind type and flags */
    static Hello decode(ByteBuf body) throws BadFrame {
        Frames.need(body, 4 + 2 + 2 + 4 + 1 + 1 + 8);
        if (body.readInt() != MAGIC) throw new BadFrame("not the cluster protocol");
        int min = body.readUnsignedShort();
        int max = body.readUnsignedShort();
        int features = body.readInt();
        int connection = body.readUnsignedByte();
        int lanes = body.readUnsignedByte();
        NodeId self = node(body);
        Frames.need(body, 8);
        NodeId peer = node(body);
        Frames.need(body, 20);
        long received = body.readLong();
        long consumed = body.readLong();
        int window = body.readInt();
        if (window < 0 || consumed < 0) throw new BadFrame("negative figures");
        return new Hello(min, max, features, connection, lanes, self, peer, received, consumed, window);
    }

    static NodeId node(ByteBuf body) throws BadFrame {
        Frames.need(body, 8);
        long incarnation = body.readLong();
        String name = Frames.readText(body);
        if (incarnation <= 0) throw new BadFrame("incarnation " + incarnation);
        return new NodeId(name, incarnation);
    }
}
