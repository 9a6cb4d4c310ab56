package org.skein.adhoc.internal.commands;

import java.util.concurrent.CompletionStage;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.skein.api.command.Action;
import org.skein.api.command.Command;
import org.skein.api.command.Command.Scope;
import org.skein.api.command.Result;

/** Now, and at every later start of the nodes. */
@Component
@Command(
        name = "feature:uninstall",
        title = "Removes a feature, on all nodes or one",
        scope = Scope.ALL,
        deadlineSeconds = 120,
        idempotent = true)
public final class UninstallFeature implements Action<WhichFeature> {
    private final Features features;

    @Activate
    public UninstallFeature(BundleContext context) {
        this.features = new Features(context);
    }

    @Override
    public Class<WhichFeature> input() {
        return WhichFeature.class;
    }

    @Override
    public CompletionStage<Result> run(WhichFeature in, Call call) {
        return features.change("uninstall", in, call.node());
    }
}
