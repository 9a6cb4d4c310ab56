package org.skein.net.internal;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;

/** Addresses that share their first bits (RFC 4632 §3.1): {@code 10.0.0.0/8}, {@code fd00::/8}, or one address. */
record AddressRange(byte[] network, int bits) {

    /**
     * Reads one. Names are not looked up.
     *
     * @throws IllegalArgumentException with a message for the operator
     */
    static AddressRange parse(String text) {
        int slash = text.indexOf('/');
        byte[] network = NetUtil.createByteArrayFromIpAddressString(slash < 0 ? text : text.substring(0, slash));
        if (network == null) {
            throw new IllegalArgumentException(
                    "expected an address or a range such as 10.0.0.0/8, found '" + text + "'");
        }
        int all = network.length * Byte.SIZE;
        int bits = all;
        if (slash >= 0) {
            try {
                bits = Integer.parseInt(text.substring(slash + 1));
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("expected 0 to " + all + " bits, found '" + text + "'", e);
            }
        }
        if (bits < 0 || bits > all) {
            throw new IllegalArgumentException("expected 0 to " + all + " bits, found '" + text + "'");
        }
        return new AddressRange(network, bits);
    }

    static List<AddressRange> parse(String[] texts) {
        List<AddressRange> ranges = new ArrayList<>();
        for (String text : texts) {
            if (!text.isBlank()) {
                ranges.add(parse(text.strip()));
            }
        }
        return List.copyOf(ranges);
    }

    static boolean anyContains(List<AddressRange> ranges, SocketAddress address) {
        if (ranges.isEmpty() || !(address instanceof InetSocketAddress remote) || remote.isUnresolved()) {
            return false;
        }
        for (AddressRange range : ranges) {
            if (range.contains(remote.getAddress())) {
                return true;
            }
        }
        return false;
    }

    boolean contains(InetAddress address) {
        byte[] other = address.getAddress(); // a mapped address (::ffff:a.b.c.d) is four bytes long already
        if (other.length != network.length) {
            return false;
        }
        int whole = bits / Byte.SIZE;
        for (int i = 0; i < whole; i++) {
            if (other[i] != network[i]) {
                return false;
            }
        }
        int rest = bits % Byte.SIZE;
        return rest == 0 || ((other[whole] ^ network[whole]) & (0xFF << (Byte.SIZE - rest)) & 0xFF) == 0;
    }
}
