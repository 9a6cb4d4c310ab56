package org.skein.im.internal.presence;

import java.util.LinkedHashSet;
import java.util.Set;
import org.skein.xmpp.Jid;

/** Whom a session sent presence to by itself, and so has to tell when it goes (RFC 6121 §4.6.3). Event loop. */
final class DirectedPresence {
    private final Set<Jid> targets = new LinkedHashSet<>(4);

    Set<Jid> targets() {
        return targets;
    }
}
