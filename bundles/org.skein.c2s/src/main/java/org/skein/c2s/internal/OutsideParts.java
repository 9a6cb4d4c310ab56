package org.skein.c2s.internal;

import java.util.List;
import org.osgi.framework.Bundle;
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

    private static boolean isOurs(String name) {
        return name != null && name.startsWith(OURS) && !name.startsWith(EXAMPLES);
    }

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
                Bundle bundle = one.getBundle(); // null once it is gone
                if (bundle != null && !isOurs(bundle.getSymbolicName())) {
                    return true;
                }
            }
            return false;
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e); // of no filter
        }
    }
}
