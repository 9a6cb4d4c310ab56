package org.skein.api.component;

import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;
import org.skein.xmpp.Jid;
import org.skein.xmpp.StanzaError;

/**
 * Decides who may communicate with whom on this server, as a service. Asked for each stanza that is routed while it is
 * registered, so it should be there only while it has something to refuse. Of several, all must agree. Any thread; must
 * answer at once. What it throws is {@code internal-server-error} for the sender.
 */
@ConsumerType
public interface RoutingPolicy {
    /**
     * @param from trusted
     * @return the error the sender gets where that is allowed (RFC 6120 §8.3.1), else the stanza is dropped; empty lets
     *     it pass
     */
    Optional<StanzaError> refusal(Jid from, Jid to);
}
