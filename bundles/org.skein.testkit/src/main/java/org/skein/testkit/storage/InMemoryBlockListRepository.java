package org.skein.testkit.storage;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.skein.api.storage.BlockListRepository;
import org.skein.api.storage.QuotaException;
import org.skein.xmpp.Jid;

final class InMemoryBlockListRepository implements BlockListRepository {
    private final InMemoryStorage storage;
    private final Map<Jid, Set<Jid>> lists = new HashMap<>();

    InMemoryBlockListRepository(InMemoryStorage storage) {
        this.storage = storage;
    }

    void forget(Jid owner) {
        lists.remove(owner);
    }

    @Override
    public CompletionStage<Set<Jid>> load(Jid owner) {
        return storage.call(() -> Set.copyOf(lists.getOrDefault(owner, Set.of())));
    }

    @Override
    public CompletionStage<Map<Jid, Set<Jid>>> loadAll(Collection<Jid> owners) {
        Set<Jid> asked = Set.copyOf(owners);
        return storage.call(() -> {
            Map<Jid, Set<Jid>> found = new HashMap<>();
            for (Jid owner : asked) found.put(owner, Set.copyOf(lists.getOrDefault(owner, Set.of())));
            return found;
        });
    }

    @Override
    public CompletionStage<Void> add(Jid owner, Collection<Jid> blocked) {
        List<Jid> added = List.copyOf(blocked);
        return storage.run(() -> {
            Set<Jid> list = new HashSet<>(lists.getOrDefault(owner, Set.of()));
            list.addAll(added);
            int most = storage.limits().blockedPerOwner();
            if (most > 0 && list.size() > most) {
                throw new QuotaException("block list of " + owner + " would have more than " + most + " addresses");
            }
            lists.put(owner, list);
        });
    }

    @Override
    public CompletionStage<Void> remove(Jid owner, Collection<Jid> unblocked) {
        Set<Jid> removed = Set.copyOf(unblocked);
        return storage.run(() -> lists.getOrDefault(owner, new HashSet<>()).removeAll(removed));
    }

    @Override
    public CompletionStage<Void> clear(Jid owner) {
        return storage.run(() -> lists.remove(owner));
    }
}
