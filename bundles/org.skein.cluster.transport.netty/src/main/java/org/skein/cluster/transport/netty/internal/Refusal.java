package org.skein.cluster.transport.netty.internal;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.transport.netty.internal.Frames.BadFrame;

/** Why a pinned peer's hello is not answered with one. */
record Refusal(int code, NodeId by, String reason) {
    ByteBuf encode(ByteBufAllocator allocator) {
        ByteBuf frame = allocator.buffer(128);
        frame.writeInt(0).writeByte(Frames.REFUSED).writeByte(0);
        frame.writeShort(code).writeLong(by.incarnation());
        Frames.writeText(frame, by.name());
        Frames.writeText(frame, reason);
        frame.setInt(0, frame.readableBytes() - Frames.LENGTH_BYTES);
        return frame;
    }

    static Refusal decode(ByteBuf body) throws BadFrame {
        Frames.need(body, 2);
        int code = body.readUnsignedShort();
        NodeId by = Hello.node(body);
        return new Refusal(code, by, Frames.readText(body));
    }
}
