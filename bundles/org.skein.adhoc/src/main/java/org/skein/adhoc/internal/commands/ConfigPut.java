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

/** Above all files, and kept; a node that is not there keeps what it has. */
@Component
@Command(
        name = "config:put",
        title = "Sets a setting on all nodes",
        scope = Scope.ALL,
        deadlineSeconds = 30,
        idempotent = true)
public final class ConfigPut implements Action<ConfigPut.Input> {
    public record Input(
            @Field(label = "Name as in init.properties, or PID/key")
            String name,

            @Field(label = "Value; lists separated by commas", required = false, maxLength = 20_000)
            String value) {}

    private final NodeSettings settings;

    @Activate
    public ConfigPut(@Reference NodeSettings settings) {
        this.settings = settings;
    }

    @Override
    public Class<Input> input() {
        return Input.class;
    }

    @Override
    public void check(Input in) {
        Settings.refuseSecret(in.name(), in.value());
    }

    @Override
    public CompletionStage<Result> run(Input in, Call call) {
        return Settings.row(settings.set(in.name(), in.value()));
    }
}
