package org.skein.cluster.core.internal.peers;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * One message between the cores of two nodes, of protocol level 1:
 *
 * <pre>
 * SEND    01  channel  payload          channel = length (1 byte), that many ASCII characters
 * CALL    02  request (8 bytes)  channel  payload
 * ANSWER  03  request (8 bytes)  payload
 * FAILURE 04  request (8 bytes)  error in UTF-8
 * </pre>
 *
 * @param request number of the request at the node that asked; 0 for a message
 * @param channel empty in answers
 */
record PeerFrame(Kind kind, long request, String channel, byte[] payload) {
    private static final int MAX_CHANNEL = 32;
    private static final int MAX_ERROR_BYTES = 1024;

    enum Kind {
        SEND,
        CALL,
        ANSWER,
        FAILURE;

        private static final Kind[] ALL = values();

        private byte code() {
            return (byte) (ordinal() + 1);
        }
    }

    static byte[] send(String channel, byte[] payload) {
        byte[] bytes = new byte[2 + channel.length() + payload.length];
        bytes[0] = Kind.SEND.code();
        int at = putChannel(bytes, 1, channel);
        System.arraycopy(payload, 0, bytes, at, payload.length);
        return bytes;
    }

    static byte[] call(long request, String channel, byte[] payload) {
        byte[] bytes = new byte[10 + channel.length() + payload.length];
        ByteBuffer.wrap(bytes).put(Kind.CALL.code()).putLong(request);
        int at = putChannel(bytes, 9, channel);
        System.arraycopy(payload, 0, bytes, at, payload.length);
        return bytes;
    }

    static byte[] answer(long request, byte[] payload) {
        byte[] bytes = new byte[9 + payload.length];
        ByteBuffer.wrap(bytes).put(Kind.ANSWER.code()).putLong(request).put(payload);
        return bytes;
    }

    static byte[] failure(long request, String error) {
        byte[] text = error.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(text.length, MAX_ERROR_BYTES);
        byte[] bytes = new byte[9 + length];
        ByteBuffer.wrap(bytes).put(Kind.FAILURE.code()).putLong(request).put(text, 0, length);
        return bytes;
    }

    @SuppressWarnings("deprecation") // exactly what is wanted: the low bytes of ASCII characters, without an encoder
    private static int putChannel(byte[] bytes, int at, String channel) {
        int length = channel.length();
        bytes[at] = (byte) length;
        channel.getBytes(0, length, bytes, at + 1);
        return at + 1 + length;
    }

    /** Whether a name may be that of a channel. */
    static boolean isChannel(String name) {
        if (name.isEmpty() || name.length() > MAX_CHANNEL) return false;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean allowed =
                    c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-';
            if (!allowed) return false;
        }
        return true;
    }

    /** The frame, or empty if this is none we know: the peer may be of another version. */
    static Optional<PeerFrame> parse(byte[] bytes) {
        if (bytes.length < 2) return Optional.empty();
        int code = bytes[0] - 1;
        if (code < 0 || code >= Kind.ALL.length) return Optional.empty();
        Kind kind = Kind.ALL[code];
        int at = 1;
        long request = 0;
        if (kind != Kind.SEND) {
            if (bytes.length < 9) return Optional.empty();
            request = ByteBuffer.wrap(bytes).getLong(1);
            at = 9;
        }
        String channel = "";
        if (kind == Kind.SEND || kind == Kind.CALL) {
            if (bytes.length <= at) return Optional.empty();
            int length = bytes[at] & 0xff;
            at++;
            if (length == 0 || length > MAX_CHANNEL || bytes.length < at + length) return Optional.empty();
            channel = new String(bytes, at, length, StandardCharsets.ISO_8859_1);
            at += length;
        }
        byte[] payload = new byte[bytes.length - at];
        System.arraycopy(bytes, at, payload, 0, payload.length);
        return Optional.of(new PeerFrame(kind, request, channel, payload));
    }

    String text() {
        return new String(payload, StandardCharsets.UTF_8);
    }
}
