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

/** XEP-0133 §4.2. Their sessions end on all nodes. */
@Component(service = Action.class)
@Command(name = "user:delete", node = Admin.NODE + "delete-user", title = "Removes accounts with all they own")
public final class DeleteUsers extends ForEachAccount {
    @Activate
    public DeleteUsers(@Reference Accounts accounts, @Reference VirtualHosts hosts) {
        super(accounts, hosts, "removed");
    }

    @Override
    CompletionStage<Void> one(Jid account) {
        return accounts.delete(account);
    }
}
