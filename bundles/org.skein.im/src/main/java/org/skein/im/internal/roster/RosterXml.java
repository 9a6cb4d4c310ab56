package org.skein.im.internal.roster;

import java.util.Collection;
import java.util.Locale;
import org.skein.api.storage.RosterItem;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Ns;

/** Rosters as XML (RFC 6121 §2.1). */
final class RosterXml {
    private RosterXml() {}

    /** False for an item that exists only to remember a request of the contact (RFC 6121 appendix A.1). */
    static boolean isShown(RosterItem item) {
        return item.listed() || item.approved();
    }

    static Element item(RosterItem item) {
        Element.Builder e = Element.builder("item", Ns.ROSTER)
                .attribute("jid", item.contact().toString())
                .attribute("subscription", item.subscription().name().toLowerCase(Locale.ROOT));
        if (!item.name().isEmpty()) e.attribute("name", item.name());
        if (item.ask()) e.attribute("ask", "subscribe");
        if (item.approved()) e.attribute("approved", "true");
        item.groups().stream().sorted().forEach(group -> e.child("group", group));
        return e.build();
    }

    static Element removed(Jid contact) {
        return Element.builder("item", Ns.ROSTER)
                .attribute("jid", contact.toString())
                .attribute("subscription", "remove")
                .build();
    }

    static Element query(long version, Collection<RosterItem> items) {
        Element.Builder query = query(version);
        for (RosterItem item : items) {
            if (isShown(item)) {
                query.child(item(item));
            }
        }
        return query.build();
    }

    static Element.Builder query(long version) {
        return Element.builder("query", Ns.ROSTER).attribute("ver", Long.toString(version));
    }
}
