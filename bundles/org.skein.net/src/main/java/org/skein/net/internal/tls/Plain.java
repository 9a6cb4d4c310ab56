package org.skein.net.internal.tls;

import io.netty.channel.Channel;
import java.net.SocketAddress;
import java.util.Optional;
import java.util.Set;
import org.skein.api.auth.StreamSecurity;
import org.skein.net.api.RemoteAddress;

/** No TLS. */
record Plain(Channel channel) implements StreamSecurity {
    @Override
    public boolean isEncrypted() {
        return false;
    }

    @Override
    public Set<String> channelBindingTypes() {
        return Set.of();
    }

    @Override
    public Optional<byte[]> channelBinding(String type) {
        return Optional.empty();
    }

    @Override
    public String description() {
        return "";
    }

    @Override
    public Optional<SocketAddress> remoteAddress() {
        return Optional.ofNullable(RemoteAddress.of(channel));
    }
}
