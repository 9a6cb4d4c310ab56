package org.skein.session.internal;

import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/** What is to stay in order: from a full JID to an account (CLUSTER "Flow"). */
record Flow(Jid from, Jid account) {
    static Flow of(Stanza stanza, Jid account) {
        return new Flow(stanza.from().orElse(account), account);
    }
}
