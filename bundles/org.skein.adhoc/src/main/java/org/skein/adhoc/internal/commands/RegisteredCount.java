package org.skein.adhoc.internal.commands;

import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.auth.Accounts;
import org.skein.api.command.Action;
import org.skein.api.command.Command;
import org.skein.api.command.Result;
import org.skein.api.component.VirtualHosts;

/** XEP-0133 §4.13. */
@Component
@Command(
        name = "user:registered-count",
        node = Admin.NODE + "get-registered-users-num",
        title = "Counts the accounts",
        idempotent = true)
public final class RegisteredCount implements Action<Action.Nothing> {
    private final Accounts accounts;
    private final Domains domains;

    @Activate
    public RegisteredCount(@Reference Accounts accounts, @Reference VirtualHosts hosts) {
        this.accounts = accounts;
        this.domains = new Domains(hosts);
    }

    @Override
    public Class<Nothing> input() {
        return Nothing.class;
    }

    @Override
    public CompletionStage<Result> run(Nothing in, Call call) {
        return domains.sum(accounts::count).thenApply(count -> Result.value("registeredusersnum", "Accounts", count));
    }
}
