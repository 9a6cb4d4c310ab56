package org.skein.adhoc.internal.commands;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.skein.api.command.Action;
import org.skein.api.command.Command;
import org.skein.api.command.Command.Scope;
import org.skein.api.command.Field;
import org.skein.api.command.Result;

/** Bundles of each node: one may be missing somewhere, or of another version. */
@Component
@Command(name = "bundle:list", title = "Lists the bundles of all nodes", scope = Scope.ALL, idempotent = true)
public final class BundleList implements Action<BundleList.Input> {
    public record Input(
            @Field(label = "Part of the name", required = false)
            String name) {}

    private static final List<String> HEADS = List.of("name=Bundle", "version=Version", "state=State", "id=Id");

    private final BundleContext context;

    @Activate
    public BundleList(BundleContext context) {
        this.context = context;
    }

    @Override
    public Class<Input> input() {
        return Input.class;
    }

    @Override
    public CompletionStage<Result> run(Input in, Call call) {
        return Result.later(Result.table(
                HEADS,
                Arrays.stream(context.getBundles())
                        .filter(b -> name(b).contains(in.name()))
                        .sorted(Comparator.comparing(BundleList::name).thenComparing(Bundle::getVersion))
                        .map(b -> List.of(name(b), b.getVersion().toString(), state(b), Long.toString(b.getBundleId())))
                        .toList()));
    }

    private static String name(Bundle bundle) {
        return bundle.getSymbolicName() == null ? bundle.getLocation() : bundle.getSymbolicName();
    }

    static String state(Bundle bundle) {
        return switch (bundle.getState()) {
            case Bundle.ACTIVE -> "active";
            case Bundle.STARTING -> "starting";
            case Bundle.STOPPING -> "stopping";
            case Bundle.RESOLVED -> "resolved";
            case Bundle.INSTALLED -> "installed";
            default -> "uninstalled";
        };
    }
}
