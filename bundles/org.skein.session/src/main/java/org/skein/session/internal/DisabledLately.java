package org.skein.session.internal;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.skein.xmpp.Jid;

/**
 * Accounts that were disabled a moment ago: who had logged in before and binds only now has no session that could have
 * been ended. Later logins are refused by their password.
 */
final class DisabledLately {
    private static final long KEPT_NANOS = Duration.ofMinutes(10).toNanos();

    private final LongSupplier nanos;
    private final ConcurrentHashMap<Jid, Long> since = new ConcurrentHashMap<>();

    DisabledLately(LongSupplier nanos) {
        this.nanos = nanos;
    }

    void add(Jid account) {
        since.values().removeIf(this::isOld);
        since.put(account, nanos.getAsLong());
    }

    void remove(Jid account) {
        since.remove(account);
    }

    boolean contains(Jid account) {
        Long at = since.get(account);
        return at != null && !isOld(at);
    }

    private boolean isOld(long at) {
        return nanos.getAsLong() - at > KEPT_NANOS;
    }
}
