package org.skein.adhoc.internal.bundles;

import java.io.IOException;
import org.skein.adhoc.internal.Packer;
import org.skein.adhoc.internal.Unpacker;

/**
 * How an {@link Order} came out on a node.
 *
 * @param version of the bundle that is there now, empty for none
 * @param text of a failure: why; else what is worth knowing
 */
record Report(Change change, String version, String text) {
    private static final int VERSION = 1;

    enum Change {
        INSTALLED("installed"),
        UPDATED("updated"),
        REMOVED("removed"),
        UNCHANGED("unchanged"),
        /** What was there before is there again, unless the text says otherwise. */
        FAILED("failed");

        private final String word;

        Change(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }
    }

    static Report failed(String text) {
        return new Report(Change.FAILED, "", text);
    }

    boolean isFailed() {
        return change == Change.FAILED;
    }

    byte[] toBytes() {
        return new Packer(VERSION).text(change.name()).text(version).text(text).toBytes();
    }

    static Report of(byte[] bytes) throws IOException {
        Unpacker from = new Unpacker(bytes, VERSION);
        try {
            return new Report(Change.valueOf(from.text()), from.text(), from.text());
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
