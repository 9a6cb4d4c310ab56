package org.skein.net.internal;

import io.netty.channel.Channel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts accepted connections, in all and by address. Any thread. */
final class ConnectionLimits {
    private final AtomicInteger all = new AtomicInteger();
    private final Map<InetAddress, Integer> byAddress = new ConcurrentHashMap<>();
    private volatile int max;
    private volatile int maxPerAddress;

    /** 0 = no limit. A smaller limit closes nothing that is open. */
    ConnectionLimits(int max, int maxPerAddress) {
        set(max, maxPerAddress);
    }

    void set(int max, int maxPerAddress) {
        this.max = max;
        this.maxPerAddress = maxPerAddress;
    }

    int count() {
        return all.get();
    }

    /** Counts a fresh connection until it closes; false if it is one too many. */
    boolean admit(Channel channel) {
        if (all.incrementAndGet() > max && max > 0) {
            all.decrementAndGet();
            return false;
        }
        channel.closeFuture().addListener(closed -> all.decrementAndGet());
        return true;
    }

    /** The same for where it comes from. Counted without a limit too: one may be set while they are open. */
    boolean admit(Channel channel, SocketAddress from) {
        if (!(from instanceof InetSocketAddress remote)) {
            return true;
        }
        InetAddress address = remote.getAddress();
        if (byAddress.merge(address, 1, Integer::sum) > maxPerAddress && maxPerAddress > 0) {
            release(address);
            return false;
        }
        channel.closeFuture().addListener(closed -> release(address));
        return true;
    }

    private void release(InetAddress address) {
        byAddress.computeIfPresent(address, (a, n) -> n > 1 ? n - 1 : null);
    }
}
