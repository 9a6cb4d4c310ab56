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

/** Another version of what all nodes have, from a file of this one. */
@Component(service = Action.class)
@Command(
        name = "bundle:update-everywhere",
        title = "Replaces a bundle on all nodes, one after the other",
        description =
                "One that bundle:install-everywhere put there. Goes back on all if one is not well with the new one.",
        deadlineSeconds = 600)
public final class UpdateEverywhere implements Everywhere<UpdateEverywhere.Input> {
    public record Input(
            @Field(label = "Path of the jar, on the node that is asked")
            String file,

            @Field(label = "SHA-256 it must have", required = false, maxLength = 64)
            String sha256) {}

    private final Rollout rollout;

    @Activate
    public UpdateEverywhere(@Reference Rollout rollout) {
        this.rollout = rollout;
    }

    @Override
    public Class<Input> input() {
        return Input.class;
    }

    @Override
    public CompletionStage<Answer> everywhere(Input in, Call call) {
        return rollout.update(BundleFile.read(in.file(), in.sha256()), call.by());
    }
}
