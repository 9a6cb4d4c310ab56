package org.skein.adhoc.internal.commands;

import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.command.Action;
import org.skein.api.command.Command;
import org.skein.api.command.Command.Scope;
import org.skein.api.command.Result;

/** Takes back {@link Shutdown}. */
@Component
@Command(
        name = "server:cancel",
        title = "Takes back a planned stop, on all nodes",
        scope = Scope.ALL,
        idempotent = true)
public final class CancelShutdown implements Action<Action.Nothing> {
    private final Stop stop;

    @Activate
    public CancelShutdown(@Reference Stop stop) {
        this.stop = stop;
    }

    @Override
    public Class<Nothing> input() {
        return Nothing.class;
    }

    @Override
    public CompletionStage<Result> run(Nothing in, Call call) {
        return Result.later(Result.value(
                "state", "State", stop.cancel() ? "goes on; the stop is taken back" : "no stop was planned"));
    }
}
