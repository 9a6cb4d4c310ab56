package org.skein.auth.internal.limit;

import java.util.Optional;
import java.util.function.LongSupplier;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.auth.internal.AuthSettings;
import org.skein.xmpp.Jid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Slows down who tries passwords: after {@code login-rate} failures in a minute an address is refused until the minute
 * is over, and so is an account, whether it exists or not. Successes are not counted, so any number of users may log in
 * from one address. An address from which an account has logged in is not refused for other people's failures: nobody
 * can lock a user out of the places where the user is at home. Memory is bounded. Any thread.
 */
@Component(service = LoginAttempts.class)
public final class LoginAttempts {
    private static final int MAX_KEYS = 20_000;
    private static final Logger log = LoggerFactory.getLogger(LoginAttempts.class);

    private record Home(Jid account, PeerAddress address) {}

    private final AuthSettings settings;
    private final RecentCounts<PeerAddress> byAddress;
    private final RecentCounts<Jid> byAccount;
    private final RecentKeys<Home, Boolean> homes = new RecentKeys<>(MAX_KEYS); // guarded by itself

    @Activate
    public LoginAttempts(@Reference AuthSettings settings) {
        this(settings, System::nanoTime);
    }

    public LoginAttempts(AuthSettings settings, LongSupplier nanoTime) {
        this.settings = settings;
        this.byAddress = new RecentCounts<>(MAX_KEYS, nanoTime);
        this.byAccount = new RecentCounts<>(MAX_KEYS, nanoTime);
    }

    /** True if this address has failed too often to be given another try. */
    public boolean isRefused(Optional<PeerAddress> address) {
        int rate = settings.loginRate();
        return rate > 0 && address.isPresent() && byAddress.count(address.get()) >= rate;
    }

    /** True if too many have failed to log in as {@code account}, and this address is not one of its homes. */
    public boolean isRefused(Jid account, Optional<PeerAddress> address) {
        int rate = settings.loginRate();
        return rate > 0 && byAccount.count(account) >= rate && !isHome(account, address);
    }

    public void failed(Optional<PeerAddress> address) {
        if (address.isPresent() && byAddress.add(address.get()) == settings.loginRate()) {
            log.warn("what=logins_refused address={} failures={}", address.get().text(), settings.loginRate());
        }
    }

    public void failed(Jid account) {
        if (byAccount.add(account) == settings.loginRate()) {
            log.warn("what=logins_refused account={} failures={}", account, settings.loginRate());
        }
    }

    public void succeeded(Jid account, Optional<PeerAddress> address) {
        if (address.isPresent()) {
            synchronized (homes) {
                homes.put(new Home(account, address.get()), Boolean.TRUE);
            }
        }
    }

    private boolean isHome(Jid account, Optional<PeerAddress> address) {
        if (address.isEmpty()) {
            return false;
        }
        synchronized (homes) {
            return homes.get(new Home(account, address.get())) != null;
        }
    }
}
