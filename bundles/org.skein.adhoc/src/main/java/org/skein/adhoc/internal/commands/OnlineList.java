package org.skein.adhoc.internal.commands;

import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.skein.api.command.Action;
import org.skein.api.command.Result;
import org.skein.api.session.OnlineAccount;
import org.skein.api.session.Sessions;

/** A list of users that are online, of all nodes. */
public abstract class OnlineList implements Action<UserPage> {
    final Clock clock;
    private final Online online;
    private final String var;
    private final String label;

    OnlineList(Sessions sessions, Clock clock, String var, String label) {
        this.online = new Online(sessions);
        this.clock = clock;
        this.var = var;
        this.label = label;
    }

    /** Who belongs in it by what this node knows. */
    abstract Predicate<OnlineAccount> test();

    /** Whether a user must belong by what each node knows; else one node is enough. */
    boolean isForAllNodes() {
        return false;
    }

    @Override
    public final Class<UserPage> input() {
        return UserPage.class;
    }

    @Override
    public final CompletionStage<Result> run(UserPage in, Call call) {
        List<Pages.Item> items = online.items(test(), isForAllNodes());
        return Result.later(Result.table(Pages.heads(), Pages.here(items, in.after(), in.limit())));
    }

    @Override
    public final Result merged(UserPage in, Result merged) {
        return UserPage.result(var, label, Pages.of(merged.rows(), in.limit()));
    }
}
