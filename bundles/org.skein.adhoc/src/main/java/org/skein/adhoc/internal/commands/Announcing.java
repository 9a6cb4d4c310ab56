package org.skein.adhoc.internal.commands;

import org.skein.api.session.Session;
import org.skein.api.session.Sessions;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Ns;
import org.skein.xmpp.Stanza;

/** Tells the available users of this node something, from their domain. */
final class Announcing {
    private Announcing() {}

    /** @return how many sessions got it */
    static int send(Sessions sessions, String subject, String text) {
        int sent = 0;
        for (Session session : sessions.all()) {
            if (!session.isAvailable()) continue;
            session.send(message(session.jid(), "headline", subject, text));
            sent++;
        }
        return sent;
    }

    /** From the domain of whom it is for. */
    static Stanza message(Jid to, String type, String subject, String text) {
        Stanza.Builder message = Stanza.message().from(to.domainJid()).to(to).type(type);
        if (!subject.isEmpty()) message.add(Element.of("subject", Ns.CLIENT, subject));
        return message.body(text).build();
    }
}
