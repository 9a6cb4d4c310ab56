package org.skein.adhoc.internal.commands;

import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.auth.Accounts;
import org.skein.api.command.Action;
import org.skein.api.command.Command;
import org.skein.api.command.Field;
import org.skein.api.command.Result;
import org.skein.api.component.VirtualHosts;
import org.skein.xmpp.Jid;

/** XEP-0133 §4.7. Sessions go on. */
@Component
@Command(
        name = "user:password",
        node = Admin.NODE + "change-user-password",
        title = "Gives an account a new password",
        idempotent = true)
public final class ChangePassword implements Action<ChangePassword.Input> {
    public record Input(
            @Field(label = "The account") Jid accountjid,

            @Field(label = "Its new password", secret = true, maxLength = 1023)
            String password) {}

    private final Accounts accounts;
    private final VirtualHosts hosts;

    @Activate
    public ChangePassword(@Reference Accounts accounts, @Reference VirtualHosts hosts) {
        this.accounts = accounts;
        this.hosts = hosts;
    }

    @Override
    public Class<Input> input() {
        return Input.class;
    }

    @Override
    public void check(Input in) {
        Users.requireAccount(hosts, in.accountjid());
    }

    @Override
    public CompletionStage<Result> run(Input in, Call call) {
        return Users.told(accounts.setPassword(in.accountjid(), in.password()))
                .thenApply(done -> Result.text("changed the password of " + in.accountjid()));
    }
}
