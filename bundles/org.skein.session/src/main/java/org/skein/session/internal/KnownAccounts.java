package org.skein.session.internal;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.skein.api.session.Session;
import org.skein.api.storage.AccountRepository;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/** Which accounts there are, remembered for a while, so that a message to somebody offline does not ask each time. */
final class KnownAccounts {
    private static final int MAX_KNOWN = 20_000;
    private static final long THERE_NANOS = Duration.ofSeconds(60).toNanos();
    private static final long ABSENT_NANOS = Duration.ofSeconds(1).toNanos();

    private record Known(boolean exists, long until) {}

    private final Supplier<AccountRepository> accounts;
    private final LongSupplier nanos;
    private final ConcurrentHashMap<Jid, Known> known = new ConcurrentHashMap<>();

    KnownAccounts(Supplier<AccountRepository> accounts, LongSupplier nanos) {
        this.accounts = accounts;
        this.nanos = nanos;
    }

    /** A message between users of a warm-up: no account stands behind them, and nothing is kept for them. */
    static boolean isWarmUp(Stanza stanza) {
        return stanza.isMessage() && isWarmUp(stanza.from()) && isWarmUp(stanza.to());
    }

    private static boolean isWarmUp(Optional<Jid> user) {
        return user.isPresent()
                && user.get().local().startsWith(Session.WARM_UP)
                && Session.WARM_UP_NAME.matcher(user.get().local()).matches();
    }

    /** What is remembered; null if the database has to be asked. */
    Boolean remembered(Jid account) {
        Known k = known.get(account);
        return k == null || nanos.getAsLong() - k.until > 0 ? null : k.exists;
    }

    CompletionStage<Boolean> ask(Jid account) {
        return accounts.get().find(account).thenApply(found -> {
            remember(account, found.isPresent());
            return found.isPresent();
        });
    }

    void remember(Jid account, boolean exists) {
        if (known.size() >= MAX_KNOWN) known.clear();
        known.put(account, new Known(exists, nanos.getAsLong() + (exists ? THERE_NANOS : ABSENT_NANOS)));
    }
}
