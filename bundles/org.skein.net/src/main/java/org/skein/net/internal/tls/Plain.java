package org.skein.net.internal.tls;

import java.util.Optional;
import java.util.Set;
import org.skein.api.auth.StreamSecurity;

/** No TLS. */
enum Plain implements StreamSecurity {
    INSTANCE;

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
}
