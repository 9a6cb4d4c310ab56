package org.skein.router.internal;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.skein.api.component.Component;
import org.skein.api.component.VirtualHosts;

/** The components registered, by the name they have below each virtual host. Immutable. */
record HostedComponents(Map<String, ComponentHost> byName) {
    static final HostedComponents NONE = new HostedComponents(Map.of());

    HostedComponents {
        byName = Map.copyOf(byName);
    }

    /** The component at {@code domain}, or null. */
    ComponentHost find(String domain, VirtualHosts hosts) {
        if (byName.isEmpty()) return null;
        // a name may have dots of its own, so every split is tried
        for (int dot = domain.indexOf('.'); dot > 0; dot = domain.indexOf('.', dot + 1)) {
            if (hosts.isLocal(domain.substring(dot + 1))) {
                ComponentHost found = byName.get(domain.substring(0, dot));
                if (found != null) return found;
            }
        }
        return null;
    }

    Map<String, Component> byDomain(Set<String> hosts) {
        Map<String, Component> domains = new HashMap<>();
        byName.forEach((name, host) -> hosts.forEach(h -> domains.put(name + '.' + h, host.component())));
        return Map.copyOf(domains);
    }
}
