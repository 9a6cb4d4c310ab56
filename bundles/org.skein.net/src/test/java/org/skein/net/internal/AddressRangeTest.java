package org.skein.net.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;

class AddressRangeTest {
    private static boolean contains(String range, String address) throws UnknownHostException {
        return AddressRange.parse(range).contains(InetAddress.getByName(address));
    }

    @Test
    void aRangeEndsAtItsLastBit() throws UnknownHostException {
        assertTrue(contains("10.1.128.0/17", "10.1.255.255"));
        assertFalse(contains("10.1.128.0/17", "10.1.127.255"));
        assertTrue(contains("10.1.2.3/31", "10.1.2.2"));
        assertFalse(contains("10.1.2.3/31", "10.1.2.4"));
        assertTrue(contains("fd00::/9", "fd7f::1"));
        assertFalse(contains("fd00::/9", "fd80::1"));
    }

    @Test
    void anAddressIsARangeOfOneAndZeroBitsAreAllOfItsKind() throws UnknownHostException {
        assertTrue(contains("192.0.2.7", "192.0.2.7"));
        assertFalse(contains("192.0.2.7", "192.0.2.6"));
        assertTrue(contains("::1", "::1"));
        assertTrue(contains("0.0.0.0/0", "203.0.113.9"));
        assertFalse(contains("0.0.0.0/0", "2001:db8::1"));
        assertFalse(contains("::/0", "203.0.113.9"));
    }

    @Test
    void aMappedAddressIsItsVersion4Self() throws UnknownHostException {
        assertTrue(contains("192.0.2.0/24", "::ffff:192.0.2.7"));
    }

    @Test
    void anythingElseIsRefusedWithTheTextSeen() {
        for (String bad :
                List.of("example.org", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/x", "10.0.0/8", "fd00::/129", "/8")) {
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> AddressRange.parse(bad), bad);
            assertTrue(e.getMessage().contains("'" + bad + "'"), e.getMessage());
        }
        assertEquals(1, AddressRange.parse(new String[] {" 10.0.0.1 ", ""}).size());
    }

    @Test
    void noRangeHasNoAddress() {
        assertFalse(AddressRange.anyContains(List.of(), new InetSocketAddress(0)));
        assertFalse(AddressRange.anyContains(
                AddressRange.parse(new String[] {"0.0.0.0/0"}), InetSocketAddress.createUnresolved("localhost", 1)));
    }
}
