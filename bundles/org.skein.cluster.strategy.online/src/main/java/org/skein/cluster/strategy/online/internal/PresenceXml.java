package org.skein.cluster.strategy.online.internal;

import java.util.Optional;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.XmlBuffer;
import org.skein.xmpp.stream.ElementParser;

/** A last presence as it is kept and sent: its XML without addresses; no bytes while the session is not available. */
final class PresenceXml {
    static final byte[] NONE = {};

    /** Kept of a presence that is too large: it is unreadable, so its node is asked. */
    private static final byte[] TOO_LARGE = {'?'};

    private static final int MAX_BYTES = 256 * 1024;

    private PresenceXml() {}

    static byte[] of(Optional<Stanza> presence) {
        if (presence.isEmpty()) return NONE;
        Stanza p = presence.get();
        byte[] payload = p.payloadXml();
        if (payload.length > MAX_BYTES) return TOO_LARGE;
        XmlBuffer xml = new XmlBuffer(payload.length + 64);
        Stanza.parsed(p.kind(), null, null, p.type(), p.id(), p.lang(), p.payload(), payload)
                .writeTo(xml);
        return xml.length() > MAX_BYTES ? TOO_LARGE : xml.toByteArray();
    }

    /** @return empty if it is none that can be read */
    static Optional<Stanza> read(byte[] xml, Jid from) {
        try {
            Stanza presence = ElementParser.parseStanza(xml);
            return presence.isPresence() ? Optional.of(presence.withFrom(from)) : Optional.empty();
        } catch (IllegalArgumentException unreadable) {
            return Optional.empty();
        }
    }
}
