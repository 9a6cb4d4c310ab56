package org.skein.cluster.membership.db.internal;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeState;
import org.skein.cluster.api.View;
import org.skein.cluster.api.membership.Membership;

/** The part of a node that was refused for good: none. */
record Outsider(NodeId self) implements Membership.Participation {
    @Override
    public View view() {
        return MemberMachine.NO_VIEW;
    }

    @Override
    public boolean isServing() {
        return false;
    }

    @Override
    public void linkChanged(NodeId peer) {
        // nothing hangs on it
    }

    @Override
    public CompletionStage<Void> state(NodeState state) {
        return CompletableFuture.failedFuture(new IllegalStateException("not a member"));
    }

    @Override
    public CompletionStage<List<Membership.Row>> rows() {
        return CompletableFuture.completedFuture(List.of());
    }

    @Override
    public long databaseClockOffsetMillis() {
        return 0;
    }

    @Override
    public CompletionStage<Void> leave() {
        return CompletableFuture.completedFuture(null);
    }
}
