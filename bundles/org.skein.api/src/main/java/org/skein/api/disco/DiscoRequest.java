package org.skein.api.disco;

import java.util.Objects;
import org.skein.api.component.IqHandler;
import org.skein.xmpp.Jid;

/**
 * Who asks what about whom (XEP-0030).
 *
 * @param target an account or a host
 * @param subject the account or host asked about, bare
 * @param node the disco node; empty for none
 * @param from the requester
 */
public record DiscoRequest(IqHandler.Target target, Jid subject, String node, Jid from) {
    public DiscoRequest {
        Objects.requireNonNull(target, "target");
        Objects.requireNonNull(subject, "subject");
        Objects.requireNonNull(node, "node");
        Objects.requireNonNull(from, "from");
    }

    public boolean isHost() {
        return target == IqHandler.Target.HOST;
    }

    public boolean isOwner() {
        return from.bare().equals(subject);
    }
}
