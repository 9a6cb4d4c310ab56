package org.skein.adhoc.internal.bundles;

import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.adhoc.internal.Answer;
import org.skein.adhoc.internal.Everywhere;
import org.skein.api.command.Action;
import org.skein.api.command.Command;
import org.skein.api.command.Field;

/** Only what was put on all nodes can be taken from all. */
@Component(service = Action.class)
@Command(
        name = "bundle:uninstall-everywhere",
        title = "Removes a bundle from all nodes, one after the other",
        description = "One that bundle:install-everywhere put there.",
        deadlineSeconds = 600)
public final class UninstallEverywhere implements Everywhere<UninstallEverywhere.Input> {
    public record Input(
            @Field(label = "Symbolic name of the bundle", maxLength = 200)
            String name) {}

    private final Rollout rollout;

    @Activate
    public UninstallEverywhere(@Reference Rollout rollout) {
        this.rollout = rollout;
    }

    @Override
    public Class<Input> input() {
        return Input.class;
    }

    @Override
    public CompletionStage<Answer> everywhere(Input in, Call call) {
        return rollout.uninstall(in.name(), call.by());
    }
}
