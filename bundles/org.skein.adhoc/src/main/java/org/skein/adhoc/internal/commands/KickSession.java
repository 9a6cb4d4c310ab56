package org.skein.adhoc.internal.commands;

import java.util.List;
import java.util.Locale;
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

/** Ends sessions with the stream error one chooses: clients act on it. */
@Component
@Command(
        name = "session:kick",
        title = "Ends the sessions of an address",
        description = "A bare address stands for all sessions of the user, a full one for that session.",
        scope = Scope.ALL,
        merge = Merge.SUM)
public final class KickSession implements Action<KickSession.Input> {
    public record Input(
            @Field(label = "User or session") Jid jid,

            @Field(
                    label = "Stream error",
                    required = false,
                    defaultValue = "policy-violation",
                    options = {
                        "policy-violation=policy-violation (most clients stay away)",
                        "reset=reset (clients connect again)",
                        "conflict",
                        "not-authorized",
                        "system-shutdown"
                    })
            String error,

            @Field(label = "Text for the user", required = false, defaultValue = "ended by an administrator")
            String text) {}

    private final Ending ending;
    private final VirtualHosts hosts;

    @Activate
    public KickSession(@Reference Sessions sessions, @Reference Accounts accounts, @Reference VirtualHosts hosts) {
        this.ending = new Ending(sessions, accounts);
        this.hosts = hosts;
    }

    @Override
    public Class<Input> input() {
        return Input.class;
    }

    @Override
    public void check(Input in) {
        Users.requireHosted(hosts, in.jid());
    }

    @Override
    public CompletionStage<Result> run(Input in, Call call) {
        String name = in.error().isEmpty() ? "policy-violation" : in.error();
        StreamError.Condition condition =
                StreamError.Condition.valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
        return ending.end(List.of(in.jid()), condition.error(in.text()));
    }
}
