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

/** The files, or the default, count again. */
@Component
@Command(
        name = "config:unset",
        title = "Takes back on all nodes what was set by a command",
        scope = Scope.ALL,
        deadlineSeconds = 30,
        idempotent = true)
public final class ConfigUnset implements Action<ConfigUnset.Input> {
    public record Input(
            @Field(label = "Name as in init.properties, or PID/key")
            String name) {}

    private final NodeSettings settings;

    @Activate
    public ConfigUnset(@Reference NodeSettings settings) {
        this.settings = settings;
    }

    @Override
    public Class<Input> input() {
        return Input.class;
    }

    @Override
    public CompletionStage<Result> run(Input in, Call call) {
        return Settings.row(settings.reset(in.name()));
    }
}
