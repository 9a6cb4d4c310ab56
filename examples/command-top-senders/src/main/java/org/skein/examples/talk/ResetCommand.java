package org.skein.examples.talk;

import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.command.Action;
import org.skein.api.command.Command;
import org.skein.api.command.Command.Merge;
import org.skein.api.command.Command.Scope;
import org.skein.api.command.Result;

/** All nodes count from nothing. */
@Component
@Command(
        name = "talk:reset",
        title = "Counts anew who talks to whom",
        description = "Tells how many messages there were until now.",
        scope = Scope.ALL,
        merge = Merge.SUM)
public final class ResetCommand implements Action<Action.Nothing> {
    private final Talk talk;

    @Activate
    public ResetCommand(@Reference Talk talk) {
        this.talk = talk;
    }

    @Override
    public Class<Nothing> input() {
        return Nothing.class;
    }

    @Override
    public CompletionStage<Result> run(Nothing in, Call call) {
        return Result.later(Result.value("messages", "Messages counted until now", talk.reset()));
    }
}
