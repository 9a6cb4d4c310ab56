package org.skein.im.internal.stamp;

import org.skein.api.component.VirtualHosts;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/** Elements that tell what a server did, and so may not come from anybody else (DESIGN §8). */
final class Markers {
    static final String STANZA_IDS = "urn:xmpp:sid:0";
    static final String DELAY = "urn:xmpp:delay";
    static final String OLD_DELAY = "jabber:x:delay";
    private static final String CARBONS = "urn:xmpp:carbons:2";

    private Markers() {}

    /**
     * The stanza without markers its sender may not set; mostly the stanza itself, found by a look at each child's
     * namespace.
     *
     * @param account whose client sent it, or who receives it; bare
     */
    static Stanza stripped(Stanza stanza, Jid account, VirtualHosts hosts) {
        for (int i = 0; i < stanza.payload().size(); i++) {
            if (isForged(stanza.payload().get(i), account, hosts)) {
                return stanza.withoutChildren(e -> isForged(e, account, hosts));
            }
        }
        return stanza;
    }

    private static boolean isForged(Element e, Jid account, VirtualHosts hosts) {
        return switch (e.namespace()) {
            case STANZA_IDS -> e.name().equals("stanza-id") && isOurs(e.attribute("by", ""), account, hosts);
            case DELAY, OLD_DELAY -> isServer(e.attribute("from", ""), hosts);
            case CARBONS -> e.name().equals("sent") || e.name().equals("received");
            default -> false;
        };
    }

    /** XEP-0359 §5: the receiving entity is the account, or its server on its behalf. */
    private static boolean isOurs(String by, Jid account, VirtualHosts hosts) {
        return by.isEmpty()
                || by.equals(account.toString())
                || Jid.parse(by)
                        .map(jid -> jid.bare().equals(account) || !jid.hasLocal() && hosts.isLocal(jid.domain()))
                        .orElse(true);
    }

    /** XEP-0203 §4: our servers say so themselves. */
    private static boolean isServer(String from, VirtualHosts hosts) {
        return !from.isEmpty()
                && Jid.parse(from)
                        .filter(jid -> !jid.hasLocal() && hosts.isLocal(jid.domain()))
                        .isPresent();
    }
}
