package org.skein.adhoc.internal;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.skein.xmpp.Jid;

/**
 * Asks another node to run a command.
 *
 * @param id of this run, so that a node runs it at most once
 * @param fields as text
 */
record RunRequest(UUID id, String name, Jid by, Map<String, List<String>> fields) {
    private static final int FIELDS = 1000;

    byte[] toBytes() {
        Packer to = new Packer(1).number(id.getMostSignificantBits()).number(id.getLeastSignificantBits());
        to.text(name).text(by.toString()).number(fields.size());
        fields.forEach((var, texts) -> to.text(var).texts(texts));
        return to.toBytes();
    }

    static RunRequest of(byte[] bytes) throws IOException {
        Unpacker from = new Unpacker(bytes, 1);
        UUID id = new UUID(from.number(), from.number());
        String name = from.text();
        try {
            Jid by = Jid.of(from.text());
            Map<String, List<String>> fields = new LinkedHashMap<>();
            for (int i = from.count(FIELDS); i > 0; i--) fields.put(from.text(), from.texts());
            return new RunRequest(id, name, by, fields);
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
