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

/** XEP-0133 §4.14. */
@Component
@Command(
        name = "user:disabled-count",
        node = Admin.NODE + "get-disabled-users-num",
        title = "Counts the accounts that are disabled",
        idempotent = true)
public final class DisabledCount implements Action<Action.Nothing> {
    private final Accounts accounts;
    private final Domains domains;

    @Activate
    public DisabledCount(@Reference Accounts accounts, @Reference VirtualHosts hosts) {
        this.accounts = accounts;
        this.domains = new Domains(hosts);
    }

    @Override
    public Class<Nothing> input() {
        return Nothing.class;
    }

    @Override
    public CompletionStage<Result> run(Nothing in, Call call) {
        return domains.sum(accounts::countDisabled)
                .thenApply(count -> Result.value("disabledusersnum", "Disabled accounts", count));
    }
}
