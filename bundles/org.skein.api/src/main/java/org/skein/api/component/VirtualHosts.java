package org.skein.api.component;

import java.util.Set;
import org.osgi.annotation.versioning.ProviderType;
import org.skein.xmpp.Jid;

/** The domains this server serves, and who administers them. Live: read anew for each use. */
@ProviderType
public interface VirtualHosts {
    Set<String> domains();

    default boolean isLocal(String domain) {
        return domains().contains(domain);
    }

    /** The first configured domain. */
    String defaultDomain();

    /** True for an account (bare or full) listed in {@code --admins}. */
    boolean isAdmin(Jid account);
}
