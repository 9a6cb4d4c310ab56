package org.skein.adhoc.internal;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes texts and numbers into bytes that {@link Unpacker} reads. The first byte is the version. */
public final class Packer {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    public Packer(int version) {
        bytes.write(version);
    }

    public Packer number(long number) {
        bytes.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(number).array());
        return this;
    }

    public Packer text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        number(utf8.length);
        bytes.writeBytes(utf8);
        return this;
    }

    Packer texts(List<String> texts) {
        number(texts.size());
        texts.forEach(this::text);
        return this;
    }

    Packer append(Packer other) {
        byte[] all = other.toBytes();
        bytes.write(all, 1, all.length - 1);
        return this;
    }

    int size() {
        return bytes.size();
    }

    public byte[] toBytes() {
        return bytes.toByteArray();
    }
}
