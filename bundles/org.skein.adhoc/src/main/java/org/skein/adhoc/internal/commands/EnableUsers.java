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

/** XEP-0133 §4.4. */
@Component(service = Action.class)
@Command(
        name = "user:enable",
        node = Admin.NODE + "reenable-user",
        title = "Lets disabled accounts log in again",
        idempotent = true)
public final class EnableUsers extends ForEachAccount {
    @Activate
    public EnableUsers(@Reference Accounts accounts, @Reference VirtualHosts hosts) {
        super(accounts, hosts, "enabled");
    }

    @Override
    CompletionStage<Void> one(Jid account) {
        return accounts.setDisabled(account, false);
    }
}
