package org.skein.cluster.transport.netty.internal;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * The frames of the cluster port, as bytes (big-endian). A frame is
 * <pre>
 * u32 length of what follows | u8 type | u8 flags | body
 * </pre>
 * Unknown flags are ignored, except that a frame of an unknown type is skipped only with {@link #SKIPPABLE}. Bodies may
 * be longer than this version knows; the rest is ignored. The first frame each way is HELLO (or REFUSED in answer).
 *
 * <pre>
 * HELLO    see {@link Hello}
 * DATA     i64 epoch | i64 number | message
 * ACK      i64 id of the order received | i64 number consumed last | u32 window
 * PING     i64 token | i64 epoch installed | as ACK
 * ECHO     i64 token | i64 epoch installed | as ACK
 * STREAM   i64 id of the order that follows | i64 number that comes next
 * GOODBYE  u16 code | u16 length | reason for people
 * REFUSED  u16 code | i64 incarnation | u16 length | name of who refuses | u16 length | reason for people
 * DEFLATED raw DEFLATE of whole frames, one stream per connection and direction, each flushed (RFC 1951)
 * </pre>
 */
final class Frames {
    static final int VERSION = 1;

    static final int HELLO = 1;
    static final int DATA = 2;
    static final int ACK = 3;
    static final int PING = 4;
    static final int ECHO = 5;
    static final int STREAM = 6;
    static final int GOODBYE = 7;
    static final int REFUSED = 8;
    static final int DEFLATED = 9;

    /** Who does not know the type goes on. */
    static final int SKIPPABLE = 1;

    static final int LENGTH_BYTES = 4;
    /** Length, type and flags. */
    static final int HEAD_BYTES = LENGTH_BYTES + 2;

    static final int DATA_HEAD_BYTES = HEAD_BYTES + 16;
    static final int ACK_BYTES = HEAD_BYTES + 20;
    static final int PING_BYTES = HEAD_BYTES + 36;
    static final int STREAM_BYTES = HEAD_BYTES + 16;
    /** No frame before the hello is done is longer. */
    static final int MAX_HELLO = 4096;

    private static final int MAX_TEXT = 1024;

    /** GOODBYE: this life of the node ends, or it does not want this peer any more. */
    static final int LEAVES = 0;
    /** GOODBYE: the other end broke the rules. */
    static final int PROTOCOL = 1;
    /** GOODBYE: only the connection ends; make another. */
    static final int AGAIN = 2;

    /** REFUSED: no version both speak. */
    static final int NO_VERSION = 1;
    /** REFUSED: the dialler wanted another life of this name. */
    static final int OTHER_INCARNATION = 2;
    /** REFUSED: the dialler is not known as what it says it is. */
    static final int NOT_KNOWN = 3;
    /** REFUSED: such a connection makes no sense. */
    static final int NOT_WANTED = 4;

    private Frames() {}

    /** A peer sent what it must not. */
    static final class BadFrame extends Exception {
        private static final long serialVersionUID = 1L;

        BadFrame(String message) {
            super(message, null, false, false);
        }
    }

    static void head(ByteBuf out, int type, int flags, int bodyBytes) {
        out.writeInt(2 + bodyBytes).writeByte(type).writeByte(flags);
    }

    static void data(ByteBuf out, long epoch, long number, byte[] message) {
        head(out, DATA, 0, 16 + message.length);
        out.writeLong(epoch).writeLong(number).writeBytes(message);
    }

    static void ack(ByteBuf out, long stream, long number, int window) {
        head(out, ACK, 0, 20);
        out.writeLong(stream).writeLong(number).writeInt(window);
    }

    /** @param type PING or ECHO */
    static void ping(ByteBuf out, int type, long token, long epoch, long stream, long number, int window) {
        head(out, type, 0, 36);
        out.writeLong(token)
                .writeLong(epoch)
                .writeLong(stream)
                .writeLong(number)
                .writeInt(window);
    }

    static void stream(ByteBuf out, long id, long next) {
        head(out, STREAM, 0, 16);
        out.writeLong(id).writeLong(next);
    }

    static void goodbye(ByteBuf out, int code, String reason) {
        byte[] text = text(reason);
        head(out, GOODBYE, 0, 4 + text.length);
        out.writeShort(code).writeShort(text.length).writeBytes(text);
    }

    static byte[] text(String s) {
        byte[] utf8 = s.getBytes(StandardCharsets.UTF_8);
        return utf8.length <= MAX_TEXT ? utf8 : java.util.Arrays.copyOf(utf8, MAX_TEXT);
    }

    /** A text with its length in front. */
    static void writeText(ByteBuf out, String s) {
        byte[] text = text(s);
        out.writeShort(text.length).writeBytes(text);
    }

    static String readText(ByteBuf body) throws BadFrame {
        need(body, 2);
        int length = body.readUnsignedShort();
        if (length > MAX_TEXT) throw new BadFrame("text of " + length + " bytes");
        need(body, length);
        return body.readCharSequence(length, StandardCharsets.UTF_8).toString();
    }

    static void need(ByteBuf body, int bytes) throws BadFrame {
        if (body.readableBytes() < bytes) throw new BadFrame("truncated frame");
    }
}
