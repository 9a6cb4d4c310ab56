package org.skein.c2s.internal;

import java.util.List;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.skein.api.component.RoutingPolicy;
import org.skein.api.session.AccountProcessor;
import org.skein.api.session.AccountState;
import org.skein.api.session.ClientProcessor;
import org.skein.api.session.DeliveryProcessor;
import org.skein.api.session.SessionListener;

/** Whether bundles that are not the server's own hear of sessions and what is sent: they would count users who do not exist. */
final class OutsideParts {
    private static final List<Class<?>> KINDS = List.of(
            ClientProcessor.class,
            AccountProcessor.class,
            DeliveryProcessor.class,
            AccountState.class,
            SessionListener.class,
            RoutingPolicy.class);
    private static final String OURS = "org.skein.";
    private static final String EXAMPLES = "org.skein.examples.";

    private OutsideParts() {}

    static boolean exist(BundleContext context) {
        return KINDS.stream().anyMatch(kind -> exist(context, kind));
    }

    private static boolean exist(BundleContext context, Class<?> kind) {
        try {
            ServiceReference<?>[] all = context.getAllServiceReferences(kind.getName(), null);
            if (all == null) {
                return false;
            }
            for (ServiceReference<?> one : all) {
                String name = one.getBundle() == null ? "" : one.getBundle().getSymbolicName();
                if (!name.isEmpty() && (!name.startsWith(OURS) || name.startsWith(EXAMPLES))) {
                    return true;
                }
            }
            return false;
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e); // of no filter
        }
    }
}
