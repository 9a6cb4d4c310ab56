package org.skein.cluster.core.internal;

import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.command.Action;
import org.skein.api.command.Command;
import org.skein.api.command.CommandException;
import org.skein.api.command.CommandException.Kind;
import org.skein.api.command.Result;

/** {@code cluster:join}: to be asked at the node itself, for it is no member. */
@Component(service = Action.class)
@Command(name = "cluster:join", title = "Takes this node into the cluster again after it was drained")
public final class JoinAgain implements Action<Action.Nothing> {
    private final ClusterComponent cluster;
    private final Operations operations;

    @Activate
    public JoinAgain(@Reference ClusterComponent cluster, @Reference Operations operations) {
        this.cluster = cluster;
        this.operations = operations;
    }

    @Override
    public Class<Nothing> input() {
        return Nothing.class;
    }

    @Override
    public CompletionStage<Result> run(Nothing in, Call call) {
        if (cluster.standing().phase() != ClusterComponent.Phase.DRAINED) {
            throw new CommandException(Kind.CONFLICT, "this node was not drained");
        }
        operations.join();
        return Result.later(Result.text("joining; 'cluster:nodes' shows how far it is"));
    }
}
