package org.skein.adhoc.internal.commands;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.skein.api.command.Action;
import org.skein.api.command.Command;
import org.skein.api.command.Command.Scope;
import org.skein.api.command.Result;

/** Features of each node: they may run from different distributions. */
@Component
@Command(name = "feature:list", title = "Lists the features of all nodes", scope = Scope.ALL, idempotent = true)
public final class FeatureList implements Action<Action.Nothing> {
    private static final List<String> HEADS = List.of("name=Name", "state=State", "bundles=Bundles", "what=What");

    private final Features features;

    @Activate
    public FeatureList(BundleContext context) {
        this.features = new Features(context);
    }

    @Override
    public Class<Nothing> input() {
        return Nothing.class;
    }

    @Override
    public CompletionStage<Result> run(Nothing in, Call call) {
        return Result.later(Result.table(
                HEADS,
                features.ask("list").stream()
                        .map(line -> List.of(line.split("\t", HEADS.size())))
                        .toList()));
    }
}
