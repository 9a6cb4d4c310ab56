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
import org.skein.api.command.CommandException;
import org.skein.api.command.CommandException.Kind;
import org.skein.api.command.Result;

/** Also for the next start of the node. */
@Component
@Command(
        name = "bundle:stop",
        title = "Stops a bundle, on all nodes or one",
        description =
                "It stays stopped after a restart. What others cannot do without is not refused: look with bundle:list.",
        scope = Scope.ALL,
        deadlineSeconds = 60,
        idempotent = true)
public final class StopBundle implements Action<WhichBundle> {
    private final BundleContext context;

    @Activate
    public StopBundle(BundleContext context) {
        this.context = context;
    }

    @Override
    public Class<WhichBundle> input() {
        return WhichBundle.class;
    }

    @Override
    public CompletionStage<Result> run(WhichBundle in, Call call) {
        return in.ifHere(call, context, this::stop);
    }

    private void stop(Bundle bundle) throws BundleException {
        if (bundle.getBundleId() == 0) {
            throw new CommandException(Kind.FORBIDDEN, "that is the node itself: see server:shutdown");
        }
        if (bundle.getBundleId() == context.getBundle().getBundleId()) {
            throw new CommandException(
                    Kind.FORBIDDEN, "this command could not answer any more: stop it at the console");
        }
        bundle.stop();
    }
}
