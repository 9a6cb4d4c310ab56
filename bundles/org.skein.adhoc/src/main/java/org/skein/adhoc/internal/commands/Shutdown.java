package org.skein.adhoc.internal.commands;

import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.command.Action;
import org.skein.api.command.Command;
import org.skein.api.command.Command.Scope;
import org.skein.api.command.CommandException;
import org.skein.api.command.CommandException.Kind;
import org.skein.api.command.Field;
import org.skein.api.command.Result;
import org.skein.api.session.Sessions;
import org.skein.cluster.api.Cluster;

/** XEP-0133 §4.31, also of one node. */
@Component
@Command(
        name = "server:shutdown",
        node = Admin.NODE + "shutdown",
        title = "Stops nodes after a while",
        description = "Nodes stop as on a signal: sessions are saved. What is planned is taken back by server:cancel.",
        scope = Scope.ALL)
public final class Shutdown implements Action<Shutdown.Input> {
    public record Input(
            @Field(label = "In how many seconds", required = false, defaultValue = "30", min = 0, max = 86_400)
            int delay,

            @Field(label = "What users are told before", required = false, multiline = true, maxLength = 20_000)
            String announcement,

            @Field(label = "Which node; none = all", required = false)
            String node) {}

    private final Stop stop;
    private final Sessions sessions;

    @Reference(policy = DYNAMIC, policyOption = GREEDY) // exchanged when a lone node becomes a member
    private volatile Cluster cluster;

    @Activate
    public Shutdown(@Reference Stop stop, @Reference Sessions sessions) {
        this.stop = stop;
        this.sessions = sessions;
    }

    /** For tests. */
    Shutdown(Stop stop, Sessions sessions, Cluster cluster) {
        this(stop, sessions);
        this.cluster = cluster;
    }

    @Override
    public Class<Input> input() {
        return Input.class;
    }

    @Override
    public void check(Input in) {
        boolean isKnown = in.node().isEmpty()
                || in.node().equals(cluster.self().name())
                || cluster.view().member(in.node()).isPresent();
        if (!isKnown) throw new CommandException(Kind.NOT_FOUND, "no node '" + in.node() + "' in the cluster");
    }

    @Override
    public CompletionStage<Result> run(Input in, Call call) {
        if (!in.node().isEmpty() && !in.node().equals(call.node())) return Result.later(state("goes on"));
        stop.in(Duration.ofSeconds(in.delay())).ifPresent(left -> {
            throw new CommandException(Kind.CONFLICT, "stops already, in " + left.toSeconds() + " s");
        });
        if (!in.announcement().isBlank()) Announcing.send(sessions, "", in.announcement());
        return Result.later(state("stops in " + in.delay() + " s"));
    }

    private static Result state(String state) {
        return Result.value("state", "State", state);
    }
}
