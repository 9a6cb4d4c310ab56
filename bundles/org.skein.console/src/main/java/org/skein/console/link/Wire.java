package org.skein.console.link;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Optional;

/**
 * Frames over a socket. One thread may read while others send: the streams of {@code java.nio.channels.Channels} would
 * let a waiting reader keep the writers out.
 */
public final class Wire implements Closeable {
    private final SocketChannel channel;
    private final DataInputStream in;

    public Wire(SocketChannel channel) {
        this.channel = channel;
        this.in = new DataInputStream(new BufferedInputStream(new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] data, int offset, int length) throws IOException {
                return channel.read(ByteBuffer.wrap(data, offset, length));
            }
        }));
    }

    /** The next frame; empty at the end. One thread at a time. */
    public Optional<Frame> read() throws IOException {
        return Frame.read(in);
    }

    /** Sends a frame as a whole. A thread that is interrupted may, and stays so: Ctrl-C must not cost the connection. */
    public synchronized void send(Frame frame) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(frame.data().length + Frame.HEADER_BYTES);
        frame.write(new DataOutputStream(bytes));
        ByteBuffer buffer = ByteBuffer.wrap(bytes.toByteArray());
        boolean isInterrupted = Thread.interrupted(); // else the channel is closed
        try {
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        } finally {
            if (isInterrupted) Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
