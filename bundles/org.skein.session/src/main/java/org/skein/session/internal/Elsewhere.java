package org.skein.session.internal;

import java.util.Set;
import org.skein.api.session.RemoteSession;
import org.skein.cluster.api.NodeId;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/** A session on another node of an account that has, or is about to have, one here. */
record Elsewhere(ServerNode server, NodeId at, Jid jid, long login, Set<String> marks) implements RemoteSession {
    @Override
    public String node() {
        return at.name();
    }

    @Override
    public boolean has(String mark) {
        return marks.contains(mark);
    }

    @Override
    public void send(Stanza stanza) {
        server.forwarding.direct(at, jid, stanza);
    }

    boolean is(Jid full, long number) {
        return login == number && jid.equals(full);
    }
}
