package org.skein.testkit.storage;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.skein.api.storage.LastActivityRepository;
import org.skein.xmpp.Jid;

final class InMemoryLastActivityRepository implements LastActivityRepository {
    private final InMemoryStorage storage;
    private final Map<Jid, LastActivity> last = new HashMap<>();

    InMemoryLastActivityRepository(InMemoryStorage storage) {
        this.storage = storage;
    }

    void forget(Jid owner) {
        last.remove(owner);
    }

    @Override
    public CompletionStage<Void> put(Jid account, LastActivity activity) {
        return storage.run(() -> last.put(account, activity));
    }

    @Override
    public CompletionStage<Optional<LastActivity>> get(Jid account) {
        return storage.call(() -> Optional.ofNullable(last.get(account)));
    }
}
