package org.skein.adhoc.internal.commands;

import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.command.Action;
import org.skein.api.command.Command;
import org.skein.api.command.Command.Scope;
import org.skein.api.command.Result;
import org.skein.api.config.NodeSettings;

/** Of those that have one of their own. */
@Component
@Command(
        name = "log:show",
        title = "Shows the levels of loggers on all nodes",
        scope = Scope.ALL,
        deadlineSeconds = 30,
        idempotent = true)
public final class LogShow implements Action<Action.Nothing> {

    private final NodeSettings settings;

    @Activate
    public LogShow(@Reference NodeSettings settings) {
        this.settings = settings;
    }

    @Override
    public Class<Nothing> input() {
        return Nothing.class;
    }

    @Override
    public CompletionStage<Result> run(Nothing in, Call call) {
        return Settings.table(settings.logLevels());
    }
}
