package org.skein.adhoc.internal.commands;

import java.util.Comparator;
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
import org.skein.api.session.OnlineAccount;
import org.skein.api.session.Session;
import org.skein.api.session.Sessions;
import org.skein.xmpp.Jid;

/** All there is to say of a user's sessions, wherever they are. */
@Component
@Command(
        name = "session:info",
        title = "Shows the sessions of a user, or one",
        scope = Scope.ALL,
        merge = Merge.UNION,
        idempotent = true)
public final class SessionInfo implements Action<SessionInfo.Input> {
    public record Input(@Field(label = "User or session") Jid jid) {}

    private static final List<String> HEADS = List.of(
            "jid=Address",
            "node=Node",
            "id=Id",
            "transport=Over",
            "from=From",
            "security=Security",
            "presence=Presence",
            "since=Since",
            "active=Last stanza");

    private final Accounts accounts;
    private final Sessions sessions;
    private final VirtualHosts hosts;

    @Activate
    public SessionInfo(@Reference Accounts accounts, @Reference Sessions sessions, @Reference VirtualHosts hosts) {
        this.accounts = accounts;
        this.sessions = sessions;
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
        List<List<String>> rows =
                sessions.account(in.jid().bare()).map(OnlineAccount::sessions).orElse(List.of()).stream()
                        .filter(s -> in.jid().isBare() || s.jid().equals(in.jid()))
                        .sorted(Comparator.comparing(Session::jid))
                        .map(s -> row(s, call.node()))
                        .toList();
        Result result = Result.table(HEADS, rows);
        return rows.isEmpty()
                ? Users.requireThere(accounts, List.of(in.jid())).thenApply(there -> result)
                : Result.later(result);
    }

    private static List<String> row(Session s, String node) {
        return List.of(
                s.jid().toString(),
                node,
                s.id(),
                s.transport(),
                SessionText.from(s),
                s.security(),
                SessionText.presence(s),
                SessionText.time(s.boundAt()),
                SessionText.time(s.lastActivity()));
    }

    @Override
    public Result merged(Input in, Result merged) {
        return merged.rows().isEmpty() ? Result.text("no session of " + in.jid()) : merged;
    }
}
