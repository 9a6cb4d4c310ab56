package org.skein.adhoc.internal.commands;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.skein.api.auth.Accounts;
import org.skein.api.command.Action;
import org.skein.api.command.Field;
import org.skein.api.command.Result;
import org.skein.api.component.VirtualHosts;
import org.skein.xmpp.Jid;

/** Something done to accounts one after the other; to none if one is not there. */
public abstract class ForEachAccount implements Action<ForEachAccount.Input> {
    public record Input(
            @Field(label = "The accounts", maxLength = 1000) List<Jid> accountjids) {}

    final Accounts accounts;
    private final VirtualHosts hosts;
    private final String done;

    /** @param done what is told, before the accounts */
    ForEachAccount(Accounts accounts, VirtualHosts hosts, String done) {
        this.accounts = accounts;
        this.hosts = hosts;
        this.done = done;
    }

    abstract CompletionStage<Void> one(Jid account);

    @Override
    public final Class<Input> input() {
        return Input.class;
    }

    @Override
    public final void check(Input in) {
        in.accountjids().forEach(jid -> Users.requireAccount(hosts, jid));
    }

    @Override
    public final CompletionStage<Result> run(Input in, Call call) {
        List<Jid> all = in.accountjids().stream().distinct().toList();
        return Users.requireThere(accounts, all)
                .thenCompose(there -> Users.oneByOne(all, jid -> Users.told(one(jid))))
                .thenApply(ok ->
                        Result.text(done + " " + all.stream().map(Jid::toString).collect(Collectors.joining(", "))));
    }
}
