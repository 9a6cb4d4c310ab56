package org.skein.api.monitor;

import java.net.InetSocketAddress;
import java.util.Objects;

/**
 * A listening socket, registered as a service while it is bound.
 *
 * @param name as in {@code run/ports.json}: {@code c2s}, {@code c2s-tls}, {@code http} …
 * @param setting name of the setting that chooses its port
 * @param address the address really bound
 */
public record ListenerInfo(String name, String setting, InetSocketAddress address) {
    public ListenerInfo {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(setting, "setting");
        Objects.requireNonNull(address, "address");
    }
}
