package org.skein.adhoc.internal.commands;

import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.command.Action;
import org.skein.api.command.Command;
import org.skein.api.command.Command.Scope;
import org.skein.api.command.Field;
import org.skein.api.command.Result;
import org.skein.api.config.NodeSettings;

/** It stays until it is taken back by the level default. */
@Component
@Command(
        name = "log:set",
        title = "Sets the level of a logger on all nodes",
        scope = Scope.ALL,
        deadlineSeconds = 30,
        idempotent = true)
public final class LogSet implements Action<LogSet.Input> {
    public record Input(
            @Field(label = "Area as in --debug, logger, or root")
            String area,

            @Field(
                    label = "Level",
                    options = {
                        "off",
                        "error",
                        "warn",
                        "info",
                        "debug",
                        "trace",
                        "all",
                        "default=default (as configured)"
                    })
            String level) {}

    private final NodeSettings settings;

    @Activate
    public LogSet(@Reference NodeSettings settings) {
        this.settings = settings;
    }

    @Override
    public Class<Input> input() {
        return Input.class;
    }

    @Override
    public CompletionStage<Result> run(Input in, Call call) {
        return Settings.row(settings.logLevel(in.area(), in.level()));
    }
}
