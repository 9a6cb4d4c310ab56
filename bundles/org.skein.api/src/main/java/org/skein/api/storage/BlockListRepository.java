package org.skein.api.storage;

import java.util.Collection;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;
import org.skein.xmpp.Jid;

/** Block lists (XEP-0191): addresses of any form, full, bare, or a domain. */
@ConsumerType
public interface BlockListRepository {
    CompletionStage<Set<Jid>> load(Jid owner);

    /** Fails with {@link QuotaException} beyond the largest list allowed. */
    CompletionStage<Void> add(Jid owner, Collection<Jid> blocked);

    CompletionStage<Void> remove(Jid owner, Collection<Jid> unblocked);

    CompletionStage<Void> clear(Jid owner);
}
