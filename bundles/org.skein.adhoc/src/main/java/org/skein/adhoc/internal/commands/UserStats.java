package org.skein.adhoc.internal.commands;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
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
import org.skein.api.command.Result.Value;
import org.skein.api.component.VirtualHosts;
import org.skein.api.session.OnlineAccount;
import org.skein.api.session.Session;
import org.skein.api.session.Sessions;
import org.skein.api.storage.RosterItem;
import org.skein.api.storage.RosterRepository;
import org.skein.api.storage.Spool;
import org.skein.xmpp.Jid;

/** XEP-0133 §4.10. */
@Component
@Command(
        name = "user:stats",
        node = Admin.NODE + "user-stats",
        title = "Shows figures of a user",
        description = "Roster size, messages waiting, resources online on all nodes and where they come from.",
        scope = Scope.ALL,
        merge = Merge.UNION,
        idempotent = true)
public final class UserStats implements Action<UserStats.Input> {
    public record Input(@Field(label = "The account") Jid accountjid) {}

    private static final List<String> HEADS = List.of("what", "value");
    private static final String ADDRESS = "ipaddresses";
    private static final String RESOURCE = "onlineresources";
    private static final String ROSTER = "rostersize";
    private static final String WAITING = "offlinemessages";
    private static final String DISABLED = "disabled";

    private final Accounts accounts;
    private final Sessions sessions;
    private final RosterRepository rosters;
    private final Spool spool;
    private final VirtualHosts hosts;

    @Activate
    public UserStats(
            @Reference Accounts accounts,
            @Reference Sessions sessions,
            @Reference RosterRepository rosters,
            @Reference Spool spool,
            @Reference VirtualHosts hosts) {
        this.accounts = accounts;
        this.sessions = sessions;
        this.rosters = rosters;
        this.spool = spool;
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
        Jid account = in.accountjid();
        List<List<String>> rows = online(account);
        return Users.requireThere(accounts, List.of(account))
                .thenCompose(there -> call.isAskedHere()
                        ? Users.told(stored(account))
                        : CompletableFuture.completedFuture(List.<List<String>>of()))
                .thenApply(stored -> {
                    rows.addAll(stored);
                    return Result.table(HEADS, rows);
                });
    }

    private List<List<String>> online(Jid account) {
        List<List<String>> rows = new ArrayList<>();
        for (Session s : sessions.account(account).map(OnlineAccount::sessions).orElse(List.of())) {
            rows.add(List.of(RESOURCE, s.jid().resource()));
            s.remoteAddress().ifPresent(a -> rows.add(List.of(ADDRESS, SessionText.host(a))));
        }
        return rows;
    }

    /** What the database knows; asked on one node. */
    private CompletionStage<List<List<String>>> stored(Jid account) {
        return rosters.load(account)
                .thenCombine(
                        spool.count(account),
                        (roster, waiting) -> List.of(
                                List.of(
                                        ROSTER,
                                        Long.toString(roster.items().stream()
                                                .filter(RosterItem::listed)
                                                .count())),
                                List.of(WAITING, Integer.toString(waiting))))
                .thenCombine(accounts.isDisabled(account), (rows, disabled) -> {
                    List<List<String>> all = new ArrayList<>(rows);
                    all.add(List.of(DISABLED, Boolean.toString(disabled)));
                    return all;
                });
    }

    @Override
    public Result merged(Input in, Result merged) {
        List<Value> values = new ArrayList<>();
        values.add(new Value(ADDRESS, "Addresses", of(merged, ADDRESS)));
        values.add(new Value(RESOURCE, "Resources online", of(merged, RESOURCE)));
        values.add(new Value(ROSTER, "Contacts", of(merged, ROSTER)));
        values.add(new Value(WAITING, "Messages waiting", of(merged, WAITING)));
        values.add(new Value(DISABLED, "Disabled", of(merged, DISABLED)));
        return new Result("", values, List.of(), List.of());
    }

    private static List<String> of(Result merged, String what) {
        TreeSet<String> values = new TreeSet<>();
        merged.rows().stream().filter(row -> row.get(0).equals(what)).forEach(row -> values.add(row.get(1)));
        return List.copyOf(values);
    }
}
