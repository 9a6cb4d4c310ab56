package org.skein.im.internal.subscription;

import java.util.Optional;
import java.util.Set;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.session.AccountProcessor;
import org.skein.api.session.ClientProcessor;
import org.skein.api.session.ProcessorOrder;
import org.skein.api.session.Session;
import org.skein.api.session.SessionListener;
import org.skein.api.session.Verdict;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/** Hands presence of type subscribe, subscribed, unsubscribe and unsubscribed to {@link Subscriptions}. */
@Component(service = {ClientProcessor.class, AccountProcessor.class, SessionListener.class})
public final class SubscriptionProcessor implements ClientProcessor, AccountProcessor, SessionListener {
    private final Subscriptions subscriptions;

    @Activate
    public SubscriptionProcessor(@Reference Subscriptions subscriptions) {
        this.subscriptions = subscriptions;
    }

    @Override
    public int order() {
        return ProcessorOrder.PRESENCE + 10; // presence without an address is refused before
    }

    @Override
    public Set<Stanza.Kind> kinds() {
        return Set.of(Stanza.Kind.PRESENCE);
    }

    @Override
    public Verdict fromClient(Session session, Stanza stanza) {
        return Subscriptions.isSubscription(stanza)
                ? subscriptions.outbound(session.jid().bare(), stanza)
                : Verdict.next();
    }

    @Override
    public Verdict toAccount(Jid account, Stanza stanza) {
        return Subscriptions.isSubscription(stanza) ? subscriptions.inbound(account.bare(), stanza) : Verdict.next();
    }

    @Override
    public void presenceChanged(Session session, Optional<Stanza> before, Optional<Stanza> now) {
        if (before.isEmpty() && now.isPresent()) {
            subscriptions.deliverRequests(session);
        }
    }
}
