package org.skein.adhoc.internal.commands;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.auth.Accounts;
import org.skein.api.command.Action;
import org.skein.api.command.Command;
import org.skein.api.command.Command.Merge;
import org.skein.api.command.Command.Scope;
import org.skein.api.command.Field;
import org.skein.api.command.Result;
import org.skein.api.component.VirtualHosts;
import org.skein.api.session.Sessions;
import org.skein.xmpp.Jid;
import org.skein.xmpp.StreamError;

/** XEP-0133 §4.5. */
@Component
@Command(
        name = "user:end-session",
        node = Admin.NODE + "end-user-session",
        title = "Ends sessions of users; they may log in again",
        description = "A bare address stands for all sessions of the user, a full one for that session.",
        scope = Scope.ALL,
        merge = Merge.SUM)
public final class EndUserSession implements Action<EndUserSession.Input> {
    public record Input(
            @Field(label = "Users or sessions", maxLength = 1000)
            List<Jid> accountjids) {}

    private static final StreamError ERROR = StreamError.Condition.POLICY_VIOLATION.error("ended by an administrator");

    private final Ending ending;
    private final VirtualHosts hosts;

    @Activate
    public EndUserSession(@Reference Sessions sessions, @Reference Accounts accounts, @Reference VirtualHosts hosts) {
        this.ending = new Ending(sessions, accounts);
        this.hosts = hosts;
    }

    @Override
    public Class<Input> input() {
        return Input.class;
    }

    @Override
    public void check(Input in) {
        in.accountjids().forEach(jid -> Users.requireHosted(hosts, jid));
    }

    @Override
    public CompletionStage<Result> run(Input in, Call call) {
        return ending.end(in.accountjids(), ERROR);
    }
}
