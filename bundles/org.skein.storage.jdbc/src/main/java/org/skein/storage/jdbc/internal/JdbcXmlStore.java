package org.skein.storage.jdbc.internal;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.storage.QuotaException;
import org.skein.api.storage.XmlStore;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.XmlBuffer;
import org.skein.xmpp.stream.ElementParser;

/** XML elements: rows of {@code skein_xml}. */
@Component
public final class JdbcXmlStore implements XmlStore {
    private final Storage storage;

    @Activate
    public JdbcXmlStore(@Reference JdbcStorage storage) {
        this((Storage) storage);
    }

    JdbcXmlStore(Storage storage) {
        this.storage = storage;
    }

    @Override
    public CompletionStage<Void> put(Jid owner, String collection, String key, Element value) {
        byte[] xml = new XmlBuffer(256).element(value, "").toByteArray();
        Limits limits = storage.limits();
        if (limits.xmlBytes() > 0 && xml.length > limits.xmlBytes()) {
            return CompletableFuture.failedFuture(new QuotaException(
                    "an element of " + xml.length + " bytes; " + limits.xmlBytes() + " are allowed"));
        }
        byte[] id = Ids.of(owner);
        byte[] keyId = Ids.of(key);
        return storage.database()
                .writeOne(
                        c -> { // a count before it changes nothing
                            int most = limits.xmlElements();
                            if (most > 0
                                    && Sql.number(
                                                    c,
                                                    "SELECT COUNT(*) FROM skein_xml WHERE owner = ? AND collection = ? AND key_id <> ?",
                                                    id,
                                                    collection,
                                                    keyId)
                                            >= most) {
                                throw new QuotaException(
                                        collection + " of " + owner + " would have more than " + most + " elements");
                            }
                            Sql.update(
                                    c,
                                    "INSERT INTO skein_xml (owner, collection, key_id, item_key, xml) VALUES (?, ?, ?, ?, ?)"
                                            + " ON DUPLICATE KEY UPDATE xml = VALUES(xml)",
                                    id,
                                    collection,
                                    keyId,
                                    key,
                                    xml);
                            return null;
                        });
    }

    @Override
    public CompletionStage<Optional<Element>> get(Jid owner, String collection, String key) {
        byte[] id = Ids.of(owner);
        byte[] keyId = Ids.of(key);
        return storage.database()
                .read(c -> Sql.query(
                                c,
                                "SELECT xml FROM skein_xml WHERE owner = ? AND collection = ? AND key_id = ?",
                                row -> ElementParser.parse(row.getBytes(1), ""),
                                id,
                                collection,
                                keyId)
                        .stream()
                        .findFirst());
    }

    @Override
    public CompletionStage<Void> remove(Jid owner, String collection, String key) {
        byte[] id = Ids.of(owner);
        byte[] keyId = Ids.of(key);
        return storage.database().writeOne(c -> {
            Sql.update(
                    c,
                    "DELETE FROM skein_xml WHERE owner = ? AND collection = ? AND key_id = ?",
                    id,
                    collection,
                    keyId);
            return null;
        });
    }
}
