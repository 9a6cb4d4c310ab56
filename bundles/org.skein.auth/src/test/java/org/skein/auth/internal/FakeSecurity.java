package org.skein.auth.internal;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.skein.api.auth.StreamSecurity;

/** A stream protected as the test says. */
public record FakeSecurity(boolean isEncrypted, Map<String, byte[]> bindings, String ip) implements StreamSecurity {
    public static final byte[] END_POINT = {1, 2, 3, 4};

    public static FakeSecurity clear() {
        return new FakeSecurity(false, Map.of(), "192.0.2.1");
    }

    public static FakeSecurity tls() {
        return new FakeSecurity(true, Map.of("tls-server-end-point", END_POINT), "192.0.2.1");
    }

    public FakeSecurity from(String ip) {
        return new FakeSecurity(isEncrypted, bindings, ip);
    }

    @Override
    public Set<String> channelBindingTypes() {
        return bindings.keySet();
    }

    @Override
    public Optional<byte[]> channelBinding(String type) {
        return Optional.ofNullable(bindings.get(type));
    }

    @Override
    public String description() {
        return "";
    }

    @Override
    public Optional<SocketAddress> remoteAddress() {
        return Optional.of(new InetSocketAddress(ip, 40000));
    }
}
