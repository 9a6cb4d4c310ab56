package org.skein.adhoc.internal.commands;

import java.util.concurrent.CompletionStage;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.skein.api.command.Action;
import org.skein.api.command.Command;
import org.skein.api.command.Command.Scope;
import org.skein.api.command.Result;

/** Of the bundles that are installed. */
@Component
@Command(
        name = "bundle:start",
        title = "Starts a bundle, on all nodes or one",
        scope = Scope.ALL,
        deadlineSeconds = 60,
        idempotent = true)
public final class StartBundle implements Action<WhichBundle> {
    private final BundleContext context;

    @Activate
    public StartBundle(BundleContext context) {
        this.context = context;
    }

    @Override
    public Class<WhichBundle> input() {
        return WhichBundle.class;
    }

    @Override
    public CompletionStage<Result> run(WhichBundle in, Call call) {
        return in.ifHere(call, context, StartBundle::start);
    }

    private static void start(Bundle bundle) throws BundleException {
        bundle.start();
    }
}
