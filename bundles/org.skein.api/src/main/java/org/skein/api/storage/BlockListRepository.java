package org.skein.api.storage;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;
import org.skein.xmpp.Jid;

/** Block lists (XEP-0191): addresses of any form, full, bare, or a domain. */
@ConsumerType
public interface BlockListRepository {
    CompletionStage<Set<Jid>> load(Jid owner);

    /**
     * The lists of many: what one call costs, where the storage can. This one loads them one by one.
     *
     * @return each owner's, empty for those that block nobody
     */
    default CompletionStage<Map<Jid, Set<Jid>>> loadAll(Collection<Jid> owners) {
        Map<Jid, CompletableFuture<Set<Jid>>> loads = new LinkedHashMap<>();
        for (Jid owner : owners) loads.computeIfAbsent(owner, o -> load(o).toCompletableFuture());
        return CompletableFuture.allOf(loads.values().toArray(new CompletableFuture<?>[0]))
                .thenApply(done -> {
                    Map<Jid, Set<Jid>> lists = new LinkedHashMap<>();
                    loads.forEach((owner, list) -> lists.put(owner, list.join()));
                    return lists;
                });
    }

    /** Fails with {@link QuotaException} beyond the largest list allowed. */
    CompletionStage<Void> add(Jid owner, Collection<Jid> blocked);

    CompletionStage<Void> remove(Jid owner, Collection<Jid> unblocked);

    CompletionStage<Void> clear(Jid owner);
}
