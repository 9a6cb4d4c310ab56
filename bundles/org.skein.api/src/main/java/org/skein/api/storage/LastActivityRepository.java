package org.skein.api.storage;

import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;
import org.skein.xmpp.Jid;

/** When an account was last online, and what it said as it left (XEP-0012). */
@ConsumerType
public interface LastActivityRepository {
    /** @param status of the last unavailable presence; empty for none */
    record LastActivity(Instant at, String status) {}

    CompletionStage<Void> put(Jid account, LastActivity last);

    CompletionStage<Optional<LastActivity>> get(Jid account);
}
