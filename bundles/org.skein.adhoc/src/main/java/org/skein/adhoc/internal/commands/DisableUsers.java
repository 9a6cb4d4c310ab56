package org.skein.adhoc.internal.commands;

import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.auth.Accounts;
import org.skein.api.command.Action;
import org.skein.api.command.Command;
import org.skein.api.component.VirtualHosts;
import org.skein.xmpp.Jid;

/** XEP-0133 §4.3. Their sessions end on all nodes. */
@Component(service = Action.class)
@Command(
        name = "user:disable",
        node = Admin.NODE + "disable-user",
        title = "Keeps accounts from logging in",
        idempotent = true)
public final class DisableUsers extends ForEachAccount {
    @Activate
    public DisableUsers(@Reference Accounts accounts, @Reference VirtualHosts hosts) {
        super(accounts, hosts, "disabled");
    }

    @Override
    CompletionStage<Void> one(Jid account) {
        return accounts.setDisabled(account, true);
    }
}
