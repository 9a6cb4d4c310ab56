package org.skein.adhoc.internal;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads what a {@link Packer} of another node wrote, believing nothing. */
public final class Unpacker {
    private final ByteBuffer bytes;

    public Unpacker(byte[] bytes, int version) throws IOException {
        this.bytes = ByteBuffer.wrap(bytes);
        if (bytes.length == 0 || this.bytes.get() != version) throw new IOException("of another version");
    }

    public long number() throws IOException {
        try {
            return bytes.getLong();
        } catch (BufferUnderflowException e) {
            throw new IOException("too short", e);
        }
    }

    int count(int most) throws IOException {
        long count = number();
        if (count < 0 || count > most) throw new IOException("count " + count);
        return (int) count;
    }

    public String text() throws IOException {
        int length = count(bytes.remaining());
        if (length > bytes.remaining()) throw new IOException("too short");
        byte[] utf8 = new byte[length];
        bytes.get(utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }

    List<String> texts() throws IOException {
        int count = count(bytes.remaining());
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) texts.add(text());
        return texts;
    }
}
