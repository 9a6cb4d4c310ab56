package org.skein.adhoc.internal.commands;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.skein.api.command.Action;
import org.skein.api.command.CommandException;
import org.skein.api.command.CommandException.Kind;
import org.skein.api.command.Result;
import org.skein.api.session.Sessions;
import org.skein.cluster.api.Cluster;

/** Ends nodes after a while, for good or to start anew. */
abstract class Ends implements Action<WhenToEnd> {
    private final Stop stop;
    private final Sessions sessions;
    private final Stop.Then then;

    Ends(Stop stop, Sessions sessions, Stop.Then then) {
        this.stop = stop;
        this.sessions = sessions;
        this.then = then;
    }

    /** The one this node is in now. */
    abstract Cluster cluster();

    @Override
    public final Class<WhenToEnd> input() {
        return WhenToEnd.class;
    }

    @Override
    public final void check(WhenToEnd in) {
        ClusterNodes.require(cluster(), in.node());
    }

    @Override
    public final CompletionStage<Result> run(WhenToEnd in, Call call) {
        if (!in.node().isEmpty() && !in.node().equals(call.node())) return Result.later(state("goes on"));
        stop.in(Duration.ofSeconds(in.delay()), then).ifPresent(planned -> {
            throw new CommandException(Kind.CONFLICT, planned);
        });
        if (!in.announcement().isBlank()) Announcing.send(sessions, "", in.announcement());
        return Result.later(state(then.words() + " in " + in.delay() + " s"));
    }

    private static Result state(String state) {
        return Result.value("state", "State", state);
    }
}
