package org.skein.testkit.storage;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.skein.api.storage.QuotaException;
import org.skein.api.storage.XmlStore;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.XmlBuffer;

final class InMemoryXmlStore implements XmlStore {
    private record Key(String collection, String key) {}

    private final InMemoryStorage storage;
    private final Map<Jid, Map<Key, Element>> elements = new HashMap<>();

    InMemoryXmlStore(InMemoryStorage storage) {
        this.storage = storage;
    }

    void forget(Jid owner) {
        elements.remove(owner);
    }

    @Override
    public CompletionStage<Void> put(Jid owner, String collection, String key, Element value) {
        return storage.run(() -> {
            int bytes = new XmlBuffer(256).element(value, "").length();
            int mostBytes = storage.limits().xmlBytes();
            if (mostBytes > 0 && bytes > mostBytes) {
                throw new QuotaException(bytes + " bytes are more than the " + mostBytes + " allowed");
            }
            Map<Key, Element> own = elements.computeIfAbsent(owner, o -> new HashMap<>());
            Key at = new Key(collection, key);
            int most = storage.limits().xmlPerOwner();
            if (most > 0 && !own.containsKey(at) && count(own, collection) >= most) {
                throw new QuotaException(collection + " of " + owner + " would have more than " + most + " elements");
            }
            own.put(at, value);
        });
    }

    private static long count(Map<Key, Element> own, String collection) {
        return own.keySet().stream()
                .filter(k -> k.collection().equals(collection))
                .count();
    }

    @Override
    public CompletionStage<Optional<Element>> get(Jid owner, String collection, String key) {
        return storage.call(
                () -> Optional.ofNullable(elements.getOrDefault(owner, Map.of()).get(new Key(collection, key))));
    }

    @Override
    public CompletionStage<Void> remove(Jid owner, String collection, String key) {
        return storage.run(() -> elements.getOrDefault(owner, new HashMap<>()).remove(new Key(collection, key)));
    }
}
