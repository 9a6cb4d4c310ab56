package org.skein.api.disco;

import java.util.Objects;
import org.skein.xmpp.Jid;

/** One item of disco#items; {@code node} and {@code name} may be empty. */
public record DiscoItem(Jid jid, String node, String name) {
    public DiscoItem {
        Objects.requireNonNull(jid, "jid");
        Objects.requireNonNull(node, "node");
        Objects.requireNonNull(name, "name");
    }
}
