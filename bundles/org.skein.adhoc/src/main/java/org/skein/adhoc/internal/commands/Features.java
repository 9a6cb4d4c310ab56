package org.skein.adhoc.internal.commands;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.skein.api.command.CommandException;
import org.skein.api.command.CommandException.Kind;
import org.skein.api.command.Result;

/** The features of the distribution this node runs from: its launcher has them, as a service of a plain type. */
final class Features {
    private static final String ROLE = "(skein.role=features)";

    private final BundleContext context;

    Features(BundleContext context) {
        this.context = context;
    }

    /**
     * Asks the launcher.
     *
     * @param words {@code list}, or {@code install} or {@code uninstall} and a name
     * @return lines; of a list with tabulators between the cells
     */
    @SuppressWarnings({"unchecked", "rawtypes"}) // a class says nothing of its type arguments
    List<String> ask(String words) {
        try {
            Collection<ServiceReference<UnaryOperator>> found = context.getServiceReferences(UnaryOperator.class, ROLE);
            if (found.isEmpty())
                throw new CommandException(Kind.UNAVAILABLE, "no launcher with features runs this node");
            UnaryOperator<String> launcher = context.getService(found.iterator().next());
            return launcher.apply(words).lines().toList();
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        } catch (IllegalArgumentException e) {
            throw new CommandException(Kind.NOT_FOUND, e.getMessage());
        } catch (IllegalStateException e) {
            throw new CommandException(Kind.UNAVAILABLE, e.getMessage());
        }
    }

    CompletionStage<Result> change(String what, WhichFeature in, String node) {
        String state = in.node().isEmpty() || in.node().equals(node)
                ? String.join("; ", ask(what + " " + in.name()))
                : "not asked";
        return Result.later(Result.value("state", "State", state));
    }
}
