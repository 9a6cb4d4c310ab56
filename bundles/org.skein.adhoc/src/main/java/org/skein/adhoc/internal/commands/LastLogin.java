package org.skein.adhoc.internal.commands;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
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
import org.skein.api.storage.LastActivityRepository;
import org.skein.xmpp.Jid;

/** XEP-0133 §4.9: when the newest session of a user began; of one who is offline, when the last one ended. */
@Component
@Command(
        name = "user:last-login",
        node = Admin.NODE + "get-user-lastlogin",
        title = "Tells when users were last online",
        description = "Since when a user is online, or when he last was.",
        scope = Scope.ALL,
        merge = Merge.UNION,
        idempotent = true)
public final class LastLogin implements Action<LastLogin.Input> {
    public record Input(
            @Field(label = "The accounts", maxLength = 1000) List<Jid> accountjids) {}

    private static final String ONLINE = "online";
    private static final String OFFLINE = "offline";
    private static final String NEVER = "never";

    private final Accounts accounts;
    private final Sessions sessions;
    private final LastActivityRepository activity;
    private final VirtualHosts hosts;

    @Activate
    public LastLogin(
            @Reference Accounts accounts,
            @Reference Sessions sessions,
            @Reference LastActivityRepository activity,
            @Reference VirtualHosts hosts) {
        this.accounts = accounts;
        this.sessions = sessions;
        this.activity = activity;
        this.hosts = hosts;
    }

    @Override
    public Class<Input> input() {
        return Input.class;
    }

    @Override
    public void check(Input in) {
        in.accountjids().forEach(jid -> Users.requireAccount(hosts, jid));
    }

    @Override
    public CompletionStage<Result> run(Input in, Call call) {
        List<Jid> all = in.accountjids().stream().distinct().toList();
        return Users.requireThere(accounts, all)
                .thenCompose(there -> Users.oneByOne(all, this::row))
                .thenApply(rows -> Result.table(List.of("account", "state", "at"), rows));
    }

    private CompletionStage<List<String>> row(Jid account) {
        List<Session> here =
                sessions.account(account).map(OnlineAccount::sessions).orElse(List.of());
        if (!here.isEmpty()) {
            Instant newest =
                    here.stream().map(Session::boundAt).max(Instant::compareTo).orElseThrow();
            return CompletableFuture.completedFuture(row(account, ONLINE, SessionText.time(newest)));
        }
        return Users.told(activity.get(account))
                .thenApply(last -> last.map(l -> row(account, OFFLINE, SessionText.time(l.at())))
                        .orElseGet(() -> row(account, NEVER, "")));
    }

    private static List<String> row(Jid account, String state, String at) {
        return List.of(account.toString(), state, at);
    }

    @Override
    public Result merged(Input in, Result merged) {
        Map<String, List<String>> best = new TreeMap<>();
        merged.rows().forEach(row -> best.merge(row.get(0), row, LastLogin::better));
        if (best.size() == 1) {
            List<String> only = best.values().iterator().next();
            return Result.value("accountjids", "Account", only.get(0))
                    .and("lastlogin", "Last online", only.get(2))
                    .and("state", "State", only.get(1));
        }
        return Result.table(
                List.of("accountjids=Account", "state=State", "lastlogin=Last online"), new ArrayList<>(best.values()));
    }

    /** Online beats offline; then the later. */
    private static List<String> better(List<String> a, List<String> b) {
        boolean isAOnline = a.get(1).equals(ONLINE);
        if (isAOnline != b.get(1).equals(ONLINE)) return isAOnline ? a : b;
        return a.get(2).compareTo(b.get(2)) >= 0 ? a : b;
    }
}
