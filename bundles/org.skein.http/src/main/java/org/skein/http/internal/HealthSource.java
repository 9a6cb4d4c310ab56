package org.skein.http.internal;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.skein.api.monitor.HealthCheck;
import org.skein.api.monitor.ListenerInfo;
import org.skein.cluster.api.Cluster;
import org.skein.cluster.api.Member;
import org.skein.cluster.api.NodeState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the parts of this node. Of the registry, not of trackers: those hear of the storage only after all that starts
 * with it has started, and until then a node without its database would look well.
 */
final class HealthSource implements Supplier<NodeHealth> {
    private static final Logger log = LoggerFactory.getLogger(HealthSource.class);

    private final BundleContext bundles;
    private final Supplier<Cluster> cluster;

    /** @param cluster answers null while there is none */
    HealthSource(BundleContext bundles, Supplier<Cluster> cluster) {
        this.bundles = bundles;
        this.cluster = cluster;
    }

    @Override
    public NodeHealth get() {
        try {
            return new NodeHealth(node(), checks());
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e); // no user wrote these filters
        }
    }

    private String node() throws InvalidSyntaxException {
        Cluster now = cluster.get();
        if (now != null) {
            Optional<NodeState> state = now.view().member(now.self()).map(Member::state);
            if (!now.isServing()) {
                return state.filter(s -> s != NodeState.JOINING).isPresent() ? "outside" : "joining";
            }
            if (state.filter(s -> s == NodeState.DRAINING).isPresent()) {
                return "draining";
            }
        }
        boolean open = !bundles.getServiceReferences(ListenerInfo.class, "(skein.listener=c2s*)")
                .isEmpty();
        return open ? NodeHealth.SERVING : "closed";
    }

    private SortedMap<String, String> checks() throws InvalidSyntaxException {
        SortedMap<String, String> checks = new TreeMap<>();
        for (ServiceReference<HealthCheck> reference : bundles.getServiceReferences(HealthCheck.class, null)) {
            HealthCheck check = bundles.getService(reference);
            if (check != null) {
                checks.put(check.name(), status(check));
                bundles.ungetService(reference);
            }
        }
        return checks;
    }

    /** One that fails says nothing about logins. */
    private static String status(HealthCheck check) {
        try {
            return check.check().status().name();
        } catch (RuntimeException e) {
            log.warn("what=health_check_failed name={}", check.name(), e);
            return HealthCheck.Status.DEGRADED.name();
        }
    }
}
