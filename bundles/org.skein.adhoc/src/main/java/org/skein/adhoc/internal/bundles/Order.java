package org.skein.adhoc.internal.bundles;

import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import org.skein.adhoc.internal.Packer;
import org.skein.adhoc.internal.Unpacker;
import org.skein.api.storage.SharedFiles;

/**
 * What a node is told to have under a name.
 *
 * @param target the file to have; empty: nothing
 * @param trial the version of the roll-out it belongs to: the node leaves the name alone until it is told what came of it,
 *     or the roll-out is gone; 0: it is decided
 */
record Order(String name, Optional<SharedFiles.Entry> target, long trial) {
    private static final int VERSION = 1;

    boolean isTrial() {
        return trial > 0;
    }

    byte[] toBytes() {
        Packer to = new Packer(VERSION).text(name).number(trial).number(target.isPresent() ? 1 : 0);
        target.ifPresent(t -> to.text(t.kind())
                .text(t.name())
                .number(t.version())
                .text(t.sha256())
                .number(t.size()));
        return to.toBytes();
    }

    static Order of(byte[] bytes) throws IOException {
        Unpacker from = new Unpacker(bytes, VERSION);
        String name = from.text();
        long trial = from.number();
        if (from.number() == 0) return new Order(name, Optional.empty(), trial);
        SharedFiles.Entry target = new SharedFiles.Entry(
                from.text(), from.text(), from.number(), from.text(), from.number(), "", Instant.EPOCH);
        return new Order(name, Optional.of(target), trial);
    }
}
