package org.skein.adhoc.internal.commands;

import org.skein.api.session.Session;
import org.skein.api.session.Sessions;
import org.skein.xmpp.Element;
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
            session.send(message(session, "headline", subject, text));
            sent++;
        }
        return sent;
    }

    static Stanza message(Session session, String type, String subject, String text) {
        Stanza.Builder message = Stanza.message()
                .from(session.jid().domainJid())
                .to(session.jid())
                .type(type);
        if (!subject.isEmpty()) message.add(Element.of("subject", Ns.CLIENT, subject));
        return message.body(text).build();
    }
}
