package org.skein.im.internal.roster;

import org.skein.api.storage.RosterItem;
import org.skein.xmpp.Jid;

/** Told when a user removed a contact from the roster: what was agreed is to be called off (RFC 6121 §2.5.2). */
public interface ContactRemoved {
    /** @param item as it was before */
    void removed(Jid owner, RosterItem item);
}
