package org.skein.cluster.core.internal;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.command.Action;
import org.skein.api.command.Command;
import org.skein.api.command.CommandException;
import org.skein.api.command.CommandException.Kind;
import org.skein.api.command.Field;
import org.skein.api.command.Result;
import org.skein.cluster.api.Member;
import org.skein.cluster.api.NodeId;

/**
 * {@code cluster:drain} for clients and the command line: begins, and tells how far it is; asked again it tells how far it
 * is now. At the console {@link ClusterCommands} waits for the end and shows the progress meanwhile.
 */
@Component(service = Action.class)
@Command(
        name = "cluster:drain",
        title = "Takes a node out for maintenance, or tells how far that is",
        description =
                "Its users go to other nodes, then it leaves the cluster. cluster:join there or a restart brings it back.",
        idempotent = true)
public final class DrainNode implements Action<DrainNode.Input> {
    public record Input(
            @Field(label = "Which node; none = the one that is asked", required = false)
            String node,

            @Field(
                    label = "Streams closed in a second; 0 = all at once; none = as configured",
                    required = false,
                    defaultValue = "-1",
                    min = -1,
                    max = 9_999_999)
            int rate) {}

    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private final ClusterComponent cluster;
    private final Operations operations;

    @Activate
    public DrainNode(@Reference ClusterComponent cluster, @Reference Operations operations) {
        this.cluster = cluster;
        this.operations = operations;
    }

    @Override
    public Class<Input> input() {
        return Input.class;
    }

    @Override
    public CompletionStage<Result> run(Input in, Call call) {
        ClusterMember m = Standings.member(cluster);
        String rate = in.rate() < 0 ? "" : Integer.toString(in.rate());
        try {
            if (in.node().isEmpty() || in.node().equals(m.self().name())) {
                return Result.later(Result.text(operations.drainHere(rate)));
            }
            NodeId id = m.view()
                    .member(in.node())
                    .map(Member::id)
                    .orElseThrow(() -> new CommandException(Kind.NOT_FOUND, "no member '" + in.node() + "'"));
            return Result.later(Result.text(operations.drain(id, rate, DEADLINE)));
        } catch (CommandException e) {
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException(Kind.UNAVAILABLE, "not waited for; it may be drained yet");
        } catch (Exception e) { // it cannot be drained now, or does not answer
            throw new CommandException(Kind.UNAVAILABLE, String.valueOf(e.getMessage()));
        }
    }
}
