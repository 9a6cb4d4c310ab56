package org.skein.net.internal;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.skein.net.api.LoginRate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts failures in whole minutes: an address that failed too often waits for the next one. Who logs in correctly is
 * never slowed down by itself. Memory is bounded: the counts go each minute, and a flood of addresses is not counted.
 */
@Component(configurationPid = "org.skein.net")
public final class FailedLogins implements LoginRate {
    private static final Logger log = LoggerFactory.getLogger(FailedLogins.class);
    private static final long MINUTE_MS = 60_000;
    private static final int MAX_ADDRESSES = 100_000;

    private final Clock clock;
    private final Map<InetAddress, Integer> failures = new ConcurrentHashMap<>();
    private volatile int max;
    private volatile long minute;

    @Activate
    public FailedLogins(NetConfig config) {
        this(config.login_rate(), Clock.systemUTC());
    }

    public FailedLogins(int max, Clock clock) {
        this.max = max;
        this.clock = clock;
    }

    @Modified
    void modified(NetConfig config) {
        max = config.login_rate();
    }

    @Override
    public boolean mayTry(SocketAddress remote) {
        if (max <= 0 || failures.isEmpty() || !(remote instanceof InetSocketAddress address)) {
            return true;
        }
        turnMinute();
        return failures.getOrDefault(address.getAddress(), 0) < max;
    }

    @Override
    public void failed(SocketAddress remote) {
        if (max <= 0 || !(remote instanceof InetSocketAddress address) || failures.size() >= MAX_ADDRESSES) {
            return;
        }
        turnMinute();
        if (failures.merge(address.getAddress(), 1, Integer::sum) == max) {
            log.warn(
                    "what=login_rate_exceeded address={} failures={} setting=login-rate",
                    address.getAddress().getHostAddress(),
                    max);
        }
    }

    private void turnMinute() {
        long now = clock.millis() / MINUTE_MS;
        if (now != minute) {
            minute = now; // a race clears twice, which forgives a failure or two
            failures.clear();
        }
    }
}
