package org.skein.console.link;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * One message: a type, a length in four bytes, the bytes.
 *
 * @param type what it is
 * @param data its content, not copied
 */
public record Frame(Type type, byte[] data) {
    /** Longer ones are refused: nothing an operator types is near it. */
    private static final int MAX_BYTES = 1 << 20;

    static final int HEADER_BYTES = 5;

    /** The types; the ordinal goes over the socket, so new ones are added at the end. */
    public enum Type {
        /** Run one command line and print its result; data: the line. */
        EXECUTE,
        /** Begin an interactive session; data: terminal type, columns, lines, separated by NUL. */
        SHELL,
        /** Carry out a request of the command line itself; data: its words, separated by NUL. */
        CALL,
        /** Typed by the user. */
        INPUT,
        /** The window has a new size; data: columns and lines, separated by NUL. */
        WINDOW,
        /** For the standard output. */
        OUTPUT,
        /** For the standard error output. */
        ERROR,
        /** The end; data: the exit status in decimal digits. */
        EXIT
    }

    public static Frame of(Type type, String text) {
        return new Frame(type, text.getBytes(StandardCharsets.UTF_8));
    }

    public static Frame of(Type type, List<String> words) {
        return of(type, String.join("\0", words));
    }

    public String text() {
        return new String(data, StandardCharsets.UTF_8);
    }

    public List<String> words() {
        return List.of(text().split("\0", -1));
    }

    /** The next one; empty at the end of the stream. */
    static Optional<Frame> read(DataInputStream in) throws IOException {
        int type = in.read();
        if (type < 0) {
            return Optional.empty();
        }
        int length = in.readInt();
        if (type >= Type.values().length || length < 0 || length > MAX_BYTES) {
            throw new IOException("not a frame: type " + type + ", length " + length);
        }
        byte[] data = new byte[length];
        try {
            in.readFully(data);
        } catch (EOFException e) {
            throw new IOException("the stream ended inside a frame", e);
        }
        return Optional.of(new Frame(Type.values()[type], data));
    }

    void write(DataOutputStream out) throws IOException {
        out.writeByte(type.ordinal());
        out.writeInt(data.length);
        out.write(data);
        out.flush();
    }
}
