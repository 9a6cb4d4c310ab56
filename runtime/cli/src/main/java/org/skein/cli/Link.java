package org.skein.cli;

import java.io.Closeable;
import java.io.IOException;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Optional;
import org.skein.console.link.Frame;
import org.skein.console.link.SocketPlace;
import org.skein.console.link.Wire;

/** A connection to the console of a running node. One thread reads, any may send. */
final class Link implements Closeable {
    private final Wire wire;

    private Link(SocketChannel channel) {
        this.wire = new Wire(channel);
    }

    /** Connects; empty if no node answers there. */
    static Optional<Link> open(Path base) throws IOException {
        Path socket = SocketPlace.find(base);
        if (!SocketPlace.fits(socket)) {
            return Optional.empty();
        }
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            return Optional.of(new Link(channel));
        } catch (IOException e) {
            // Nobody there: never started, stopped, or a socket file left by a crash.
            channel.close();
            if (e instanceof java.net.SocketException
                    && String.valueOf(e.getMessage()).contains("ermission")) {
                throw new IOException(socket + " belongs to another user", e);
            }
            return Optional.empty();
        }
    }

    void send(Frame frame) throws IOException {
        wire.send(frame);
    }

    /** Prints what comes until the end; answers the exit status. */
    int relay() throws IOException {
        while (true) {
            Frame frame = wire.read().orElseThrow(() -> new IOException("the node closed the connection"));
            switch (frame.type()) {
                case OUTPUT -> print(System.out, frame.data());
                case ERROR -> print(System.err, frame.data());
                case EXIT -> {
                    return Integer.parseInt(frame.text());
                }
                default -> throw new IOException("unexpected " + frame.type());
            }
        }
    }

    private static void print(PrintStream stream, byte[] data) {
        stream.write(data, 0, data.length);
        stream.flush();
    }

    @Override
    public void close() throws IOException {
        wire.close();
    }
}
