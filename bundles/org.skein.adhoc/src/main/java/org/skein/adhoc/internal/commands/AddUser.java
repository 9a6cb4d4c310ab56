package org.skein.adhoc.internal.commands;

import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.auth.Accounts;
import org.skein.api.command.Action;
import org.skein.api.command.Command;
import org.skein.api.command.CommandException;
import org.skein.api.command.CommandException.Kind;
import org.skein.api.command.Field;
import org.skein.api.command.Result;
import org.skein.api.component.VirtualHosts;
import org.skein.xmpp.Jid;

/** XEP-0133 §4.1. */
@Component
@Command(name = "user:add", node = Admin.NODE + "add-user", title = "Adds an account")
public final class AddUser implements Action<AddUser.Input> {
    public record Input(
            @Field(label = "The address of the new account") Jid accountjid,

            @Field(label = "Its password", secret = true, maxLength = 1023)
            String password,

            @Field(
                    label = "The password again",
                    var = "password-verify",
                    secret = true,
                    required = false,
                    maxLength = 1023)
            String passwordVerify) {}

    private final Accounts accounts;
    private final VirtualHosts hosts;

    @Activate
    public AddUser(@Reference Accounts accounts, @Reference VirtualHosts hosts) {
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
        if (!in.passwordVerify().isEmpty() && !in.passwordVerify().equals(in.password())) {
            throw new CommandException(Kind.BAD_INPUT, "the two passwords are not the same");
        }
    }

    @Override
    public CompletionStage<Result> run(Input in, Call call) {
        return Users.told(accounts.create(in.accountjid(), in.password()))
                .thenApply(done -> Result.text("added " + in.accountjid()));
    }
}
