package org.skein.auth.internal.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RecentCountsTest {
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // System.nanoTime may overflow

    @Test
    void aMinuteAfterTheFirstTimeCountingBeginsAnew() {
        RecentCounts<String> counts = new RecentCounts<>(10, nanos::get);
        assertEquals(0, counts.count("a"));
        assertEquals(1, counts.add("a"));
        nanos.addAndGet(59_000_000_000L);
        assertEquals(2, counts.add("a"));
        assertEquals(2, counts.count("a"));
        nanos.addAndGet(1_000_000_000L);
        assertEquals(0, counts.count("a"));
        assertEquals(1, counts.add("a"));
    }

    @Test
    void theKeyNotSeenForLongestIsForgottenWhenThereAreTooMany() {
        RecentCounts<Integer> counts = new RecentCounts<>(3, nanos::get);
        counts.add(1);
        counts.add(2);
        counts.add(3);
        counts.add(1);
        counts.add(4);
        assertEquals(2, counts.count(1));
        assertEquals(0, counts.count(2));
        assertEquals(1, counts.count(3));
    }

    @Test
    void addressesOfOneIpv6NetworkAreOne() {
        assertEquals(of("2001:db8:0:1::1"), of("2001:db8:0:1:ffff::9"));
        assertNotEquals(of("2001:db8:0:1::1"), of("2001:db8:0:2::1"));
        assertEquals("2001:db8:0:1::/64", of("2001:db8:0:1::1").text());
    }

    @Test
    void eachIpv4AddressIsItsOwnWhateverThePort() {
        assertEquals(
                of("192.0.2.1"),
                PeerAddress.of(Optional.of(new InetSocketAddress("192.0.2.1", 9)))
                        .orElseThrow());
        assertNotEquals(of("192.0.2.1"), of("192.0.2.2"));
    }

    private static PeerAddress of(String ip) {
        return PeerAddress.of(Optional.of(new InetSocketAddress(ip, 5))).orElseThrow();
    }
}
