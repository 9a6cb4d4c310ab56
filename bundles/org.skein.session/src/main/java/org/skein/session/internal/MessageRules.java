package org.skein.session.internal;

import java.util.List;
import org.skein.xmpp.Element;
import org.skein.xmpp.Ns;
import org.skein.xmpp.Stanza;

/** Which messages are kept for a user who is away (XEP-0160 §3, XEP-0334, XEP-0085 §5.4). */
final class MessageRules {
    private static final String HINTS = "urn:xmpp:hints";
    private static final String CHAT_STATES = "http://jabber.org/protocol/chatstates";
    private static final String STANZA_IDS = "urn:xmpp:sid:0";

    private MessageRules() {}

    /** True for the types that go on to the bare address and the offline store: chat, normal, and unknown ones. */
    static boolean isPersonal(String type) {
        return switch (type) {
            case "groupchat", "headline", "error" -> false;
            default -> true; // RFC 6121 §5.2.2: an unknown type is handled as normal
        };
    }

    /** True if a message is worth keeping until the user has it. */
    static boolean isStorable(Stanza message) {
        if (!isPersonal(message.type())) return false;
        boolean worth = false;
        List<Element> payload = message.payload();
        for (int i = 0; i < payload.size(); i++) {
            Element e = payload.get(i);
            switch (e.namespace()) {
                case HINTS -> {
                    if (e.name().equals("no-store")) return false;
                    if (e.name().equals("store")) worth = true;
                }
                case CHAT_STATES, STANZA_IDS -> {}
                case Ns.CLIENT -> worth |= !e.name().equals("thread");
                default -> worth = true;
            }
        }
        return worth;
    }

    static boolean hasBody(Stanza message) {
        return message.hasChild("body", Ns.CLIENT);
    }
}
