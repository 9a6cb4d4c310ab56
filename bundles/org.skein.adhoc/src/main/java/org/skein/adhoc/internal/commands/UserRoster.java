package org.skein.adhoc.internal.commands;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
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
import org.skein.api.storage.RosterItem;
import org.skein.api.storage.RosterRepository;
import org.skein.xmpp.Jid;

/** XEP-0133 §4.8, as a table: a form has no place for the roster's own XML. */
@Component
@Command(
        name = "user:roster",
        node = Admin.NODE + "get-user-roster",
        title = "Shows the rosters of users",
        idempotent = true)
public final class UserRoster implements Action<UserRoster.Input> {
    public record Input(
            @Field(label = "The accounts", maxLength = 100) List<Jid> accountjids) {}

    private static final List<String> HEADS =
            List.of("account=Account", "jid=Contact", "name=Name", "subscription=Subscription", "groups=Groups");

    private final Accounts accounts;
    private final RosterRepository rosters;
    private final VirtualHosts hosts;

    @Activate
    public UserRoster(
            @Reference Accounts accounts, @Reference RosterRepository rosters, @Reference VirtualHosts hosts) {
        this.accounts = accounts;
        this.rosters = rosters;
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
                .thenCompose(there -> Users.oneByOne(all, this::rows))
                .thenApply(rows ->
                        Result.table(HEADS, rows.stream().flatMap(List::stream).toList()));
    }

    private CompletionStage<List<List<String>>> rows(Jid account) {
        return Users.told(rosters.load(account))
                .thenApply(roster -> roster.items().stream()
                        .filter(item -> item.listed() || item.approved())
                        .sorted(Comparator.comparing(RosterItem::contact))
                        .map(item -> row(account, item))
                        .toList());
    }

    private static List<String> row(Jid account, RosterItem item) {
        String subscription = item.subscription().name().toLowerCase(Locale.ROOT);
        return List.of(
                account.toString(),
                item.contact().toString(),
                item.name(),
                item.ask() ? subscription + ", asked" : subscription,
                String.join(", ", new TreeSet<>(item.groups())));
    }
}
