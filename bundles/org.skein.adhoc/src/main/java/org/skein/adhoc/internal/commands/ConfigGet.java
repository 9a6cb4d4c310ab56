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

/** A node may be set differently from another. */
@Component
@Command(
        name = "config:get",
        title = "Shows settings on all nodes",
        scope = Scope.ALL,
        deadlineSeconds = 30,
        idempotent = true)
public final class ConfigGet implements Action<ConfigGet.Input> {
    public record Input(
            @Field(label = "Part of the name", required = false)
            String name) {}

    private final NodeSettings settings;

    @Activate
    public ConfigGet(@Reference NodeSettings settings) {
        this.settings = settings;
    }

    @Override
    public Class<Input> input() {
        return Input.class;
    }

    @Override
    public CompletionStage<Result> run(Input in, Call call) {
        return Settings.table(settings.show(in.name()));
    }
}
