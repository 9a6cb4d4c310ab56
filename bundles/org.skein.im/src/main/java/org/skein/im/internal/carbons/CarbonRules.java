package org.skein.im.internal.carbons;

import org.skein.xmpp.Element;
import org.skein.xmpp.Ns;
import org.skein.xmpp.Stanza;

/** Which messages are copied (XEP-0280 §6.1). */
final class CarbonRules {
    static final String CARBONS = "urn:xmpp:carbons:2";
    private static final String HINTS = "urn:xmpp:hints";
    private static final String MUC_USER = "http://jabber.org/protocol/muc#user";

    private CarbonRules() {}

    /**
     * True if a message is instant messaging.
     *
     * @param received true where it is for the account, false where the account's client sends it
     */
    static boolean isEligible(Stanza message, boolean received) {
        switch (message.type()) {
            case "groupchat", "headline", "error" -> {
                // An error would need to be matched with what it answers; the rules leave that to the server.
                return false;
            }
            default -> {}
        }
        boolean instantMessaging = message.hasType("chat");
        for (int i = 0; i < message.payload().size(); i++) {
            Element e = message.payload().get(i);
            switch (e.namespace()) {
                case Ns.CLIENT -> instantMessaging |= e.name().equals("body");
                case HINTS -> {
                    if (e.name().equals("no-copy")) return false;
                }
                case CARBONS -> {
                    if (e.name().equals("private")) return false;
                }
                case MUC_USER -> {
                    if (e.child("invite", MUC_USER).isPresent()) {
                        instantMessaging = true; // mediated invitation
                    } else if (received) {
                        return false; // the room sends private messages to each joined client itself
                    }
                }
                case "http://jabber.org/protocol/chatstates",
                        "urn:xmpp:receipts",
                        "urn:xmpp:chat-markers:0",
                        "jabber:x:conference" -> instantMessaging = true;
                default -> {}
            }
        }
        return instantMessaging;
    }
}
