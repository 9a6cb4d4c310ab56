package org.skein.api.component;

import java.net.SocketAddress;
import java.util.Objects;
import java.util.Optional;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/**
 * An iq of type get or set that some {@link IqHandler} is to answer.
 *
 * @param stanza has exactly one child (checked); {@code from} is present but for {@link IqHandler.Target#STREAM}
 * @param subject the account or host asked, bare
 * @param remoteAddress of the requester's stream, where it is on this node
 */
public record IqRequest(Stanza stanza, IqHandler.Target target, Jid subject, Optional<SocketAddress> remoteAddress) {
    public IqRequest {
        Objects.requireNonNull(stanza, "stanza");
        Objects.requireNonNull(target, "target");
        Objects.requireNonNull(subject, "subject");
        Objects.requireNonNull(remoteAddress, "remoteAddress");
    }

    public Element payload() {
        return stanza.payload().get(0);
    }

    public boolean isGet() {
        return stanza.hasType("get");
    }

    public boolean isSet() {
        return stanza.hasType("set");
    }

    /** The requester's full address. */
    public Jid from() {
        return stanza.from().orElseThrow();
    }

    /** True if the requester is the account asked. */
    public boolean isOwner() {
        return stanza.from().filter(f -> f.bare().equals(subject)).isPresent();
    }
}
