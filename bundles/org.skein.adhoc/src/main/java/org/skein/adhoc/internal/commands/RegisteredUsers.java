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

/** XEP-0133 §4.18. */
@Component
@Command(
        name = "user:registered",
        node = Admin.NODE + "get-registered-users-list",
        title = "Lists the accounts",
        idempotent = true)
public final class RegisteredUsers implements Action<UserPage> {
    private final Accounts accounts;
    private final Domains domains;

    @Activate
    public RegisteredUsers(@Reference Accounts accounts, @Reference VirtualHosts hosts) {
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
        return domains.page(in, accounts::list, "registereduserjids", "Accounts");
    }
}
