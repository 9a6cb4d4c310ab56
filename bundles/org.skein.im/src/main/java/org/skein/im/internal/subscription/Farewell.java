package org.skein.im.internal.subscription;

import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.auth.AccountListener;
import org.skein.api.storage.RosterItem;
import org.skein.im.internal.presence.PresenceSender;
import org.skein.im.internal.roster.Roster;
import org.skein.im.internal.roster.Rosters;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/**
 * The contacts of a removed account are told (XEP-0077 §3.2): subscriptions both ways are cancelled, requests are taken
 * back or declined, and so nobody who makes an account of that name later is taken for the one who left. That its
 * resources are unavailable is told as their sessions end, behind this.
 */
@Component(service = AccountListener.class)
public final class Farewell implements AccountListener {
    private final Rosters rosters;
    private final PresenceSender sender;

    @Activate
    public Farewell(@Reference Rosters rosters, @Reference PresenceSender sender) {
        this.rosters = rosters;
        this.sender = sender;
    }

    @Override
    public CompletionStage<Runnable> accountRemoving(Jid account) {
        return rosters.roster(account).thenApply(roster -> () -> leave(roster));
    }

    private void leave(Roster roster) {
        for (RosterItem item : roster.items()) {
            if (item.subscription().hasTo() || item.ask()) {
                route("unsubscribe", roster.owner(), item.contact());
            }
            if (item.subscription().hasFrom() || item.pendingIn()) {
                route("unsubscribed", roster.owner(), item.contact());
            }
        }
    }

    private void route(String type, Jid from, Jid to) {
        sender.route(Stanza.presence().type(type).from(from).to(to).build());
    }
}
