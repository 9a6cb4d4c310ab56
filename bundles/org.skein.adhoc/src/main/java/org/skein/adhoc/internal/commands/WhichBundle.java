package org.skein.adhoc.internal.commands;

import java.util.Arrays;
import java.util.Comparator;
import java.util.concurrent.CompletionStage;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.skein.api.command.Action.Call;
import org.skein.api.command.CommandException;
import org.skein.api.command.CommandException.Kind;
import org.skein.api.command.Field;
import org.skein.api.command.Result;

/** A bundle by its symbolic name, for numbers differ from node to node; and where. */
public record WhichBundle(
        @Field(label = "Symbolic name") String name,

        @Field(label = "Which node; none = all", required = false)
        String node) {
    /** Something done with a bundle. */
    interface Doing {
        void with(Bundle bundle) throws BundleException;
    }

    CompletionStage<Result> ifHere(Call call, BundleContext context, Doing doing) {
        if (!node.isEmpty() && !node.equals(call.node()))
            return Result.later(Result.value("state", "State", "not asked"));
        Bundle bundle = Arrays.stream(context.getBundles())
                .filter(b -> name.equals(b.getSymbolicName()))
                .max(Comparator.comparing(Bundle::getVersion))
                .orElseThrow(() -> new CommandException(Kind.NOT_FOUND, "no bundle '" + name + "'"));
        try {
            doing.with(bundle);
        } catch (BundleException e) {
            throw new CommandException(Kind.UNAVAILABLE, bundle + ": " + e.getMessage());
        }
        return Result.later(Result.value("state", "State", BundleList.state(bundle)));
    }
}
