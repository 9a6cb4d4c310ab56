package org.skein.im.internal.subscription;

import java.util.Set;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.session.AccountProcessor;
import org.skein.api.session.ProcessorOrder;
import org.skein.api.session.Verdict;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/** Gives what {@link SubscriptionProcessor} let through to the sessions it is for, on each node to its own. */
@Component
public final class SubscriptionDelivery implements AccountProcessor {
    private final Subscriptions subscriptions;

    @Activate
    public SubscriptionDelivery(@Reference Subscriptions subscriptions) {
        this.subscriptions = subscriptions;
    }

    @Override
    public int order() {
        return ProcessorOrder.PRESENCE + 20; // behind the SubscriptionProcessor, also where all are called in one go
    }

    @Override
    public Set<Stanza.Kind> kinds() {
        return Set.of(Stanza.Kind.PRESENCE);
    }

    @Override
    public boolean onEachNode() {
        return true;
    }

    @Override
    public Verdict toAccount(Jid account, Stanza stanza) {
        if (!Subscriptions.isSubscription(stanza)) {
            return Verdict.next();
        }
        subscriptions.deliver(account.bare(), stanza);
        return Verdict.handled();
    }
}
