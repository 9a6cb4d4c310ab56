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

/** XEP-0133 §4.19. */
@Component
@Command(
        name = "user:disabled",
        node = Admin.NODE + "get-disabled-users-list",
        title = "Lists the accounts that are disabled",
        idempotent = true)
public final class DisabledUsers implements Action<UserPage> {
    private final Accounts accounts;
    private final Domains domains;

    @Activate
    public DisabledUsers(@Reference Accounts accounts, @Reference VirtualHosts hosts) {
        this.accounts = accounts;
        this.domains = new Domains(hosts);
    }

    @Override
    public Class<UserPage> input() {
        return UserPage.class;
    }

    @Override
    public void check(UserPage in) {
        Domains.check(in);
    }

    @Override
    public CompletionStage<Result> run(UserPage in, Call call) {
        return domains.page(in, accounts::listDisabled, "disableduserjids", "Disabled accounts");
    }
}
