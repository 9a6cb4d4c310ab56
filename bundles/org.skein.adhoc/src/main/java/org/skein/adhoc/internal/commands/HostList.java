package org.skein.adhoc.internal.commands;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.auth.Accounts;
import org.skein.api.command.Action;
import org.skein.api.command.Command;
import org.skein.api.command.Result;
import org.skein.api.component.VirtualHosts;

/** The virtual hosts as the node that is asked has them. */
@Component
@Command(name = "host:list", title = "Lists the domains with their accounts", idempotent = true)
public final class HostList implements Action<Action.Nothing> {
    private static final List<String> HEADS =
            List.of("domain=Domain", "default=Default", "accounts=Accounts", "disabled=Disabled");

    private final Accounts accounts;
    private final VirtualHosts hosts;

    @Activate
    public HostList(@Reference Accounts accounts, @Reference VirtualHosts hosts) {
        this.accounts = accounts;
        this.hosts = hosts;
    }

    @Override
    public Class<Nothing> input() {
        return Nothing.class;
    }

    @Override
    public CompletionStage<Result> run(Nothing in, Call call) {
        return Users.told(Users.oneByOne(new Domains(hosts).all(), this::row))
                .thenApply(rows -> Result.table(HEADS, rows));
    }

    private CompletionStage<List<String>> row(String domain) {
        String isDefault = domain.equals(hosts.defaultDomain()) ? "yes" : "";
        return accounts.count(domain)
                .thenCombine(
                        accounts.countDisabled(domain),
                        (all, disabled) -> List.of(domain, isDefault, Long.toString(all), Long.toString(disabled)));
    }
}
