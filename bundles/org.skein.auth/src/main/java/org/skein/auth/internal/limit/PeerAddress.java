package org.skein.auth.internal.limit;

import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Optional;

/**
 * Where a stream comes from, as attempts are counted: an IPv4 address, or the first 64 bits of an IPv6 address, for
 * whoever has one of those has all of them.
 */
public record PeerAddress(String text) {
    /** Empty where the stream does not tell; then nothing is counted. */
    public static Optional<PeerAddress> of(Optional<SocketAddress> address) {
        return address.map(a -> new PeerAddress(text(a)));
    }

    private static String text(SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet) || inet.isUnresolved()) {
            return address.toString();
        }
        if (!(inet.getAddress() instanceof Inet6Address v6)) {
            return inet.getAddress().getHostAddress();
        }
        byte[] bytes = v6.getAddress();
        StringBuilder prefix = new StringBuilder(24);
        for (int i = 0; i < 8; i += 2) {
            prefix.append(Integer.toHexString((bytes[i] & 0xff) << 8 | bytes[i + 1] & 0xff))
                    .append(':');
        }
        return prefix.append(":/64").toString();
    }
}
