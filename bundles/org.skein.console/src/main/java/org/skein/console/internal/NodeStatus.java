package org.skein.console.internal;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.felix.service.command.Descriptor;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.util.tracker.ServiceTracker;
import org.skein.api.auth.Accounts;
import org.skein.api.component.VirtualHosts;
import org.skein.api.monitor.HealthCheck;
import org.skein.api.monitor.ListenerInfo;
import org.skein.api.session.Sessions;

/** Tells whether clients can log in, and of what the node consists. */
@Component(
        service = NodeStatus.class,
        property = {"osgi.command.scope=skein", "osgi.command.function=status"})
public final class NodeStatus {
    private static final Duration PROBE = Duration.ofSeconds(5);

    private final BundleContext context;
    private final ServiceTracker<ListenerInfo, ListenerInfo> listeners;
    private final ServiceTracker<HealthCheck, HealthCheck> checks;
    private final ServiceTracker<Accounts, Accounts> accounts;
    private final ServiceTracker<VirtualHosts, VirtualHosts> hosts;
    private final ServiceTracker<Sessions, Sessions> sessions;

    @Activate
    public NodeStatus(BundleContext context) {
        this.context = context;
        listeners = opened(ListenerInfo.class);
        checks = opened(HealthCheck.class);
        accounts = opened(Accounts.class);
        hosts = opened(VirtualHosts.class);
        sessions = opened(Sessions.class);
    }

    private <T> ServiceTracker<T, T> opened(Class<T> type) {
        ServiceTracker<T, T> tracker = new ServiceTracker<>(context, type, null);
        tracker.open();
        return tracker;
    }

    @Deactivate
    void deactivate() {
        List.of(listeners, checks, accounts, hosts, sessions).forEach(ServiceTracker::close);
    }

    /**
     * Whether clients can log in, and the text for an operator.
     *
     * @param obstacle why they cannot
     */
    record Answer(Optional<String> obstacle, String text) {
        boolean canLogIn() {
            return obstacle.isEmpty();
        }
    }

    /** Listeners bound now, by name. */
    List<ListenerInfo> listeners() {
        return listeners.getTracked().values().stream()
                .sorted(Comparator.comparing(ListenerInfo::name)
                        .thenComparing(l -> l.address().toString()))
                .toList();
    }

    List<String> domains() {
        VirtualHosts service = hosts.getService();
        return service == null ? List.of() : service.domains().stream().sorted().toList();
    }

    /** Why no client can log in; empty when a stream was answered just now. */
    Optional<String> obstacle() {
        List<String> down = health().stream()
                .filter(h -> h.status() == HealthCheck.Status.DOWN)
                .map(HealthCheck.Health::detail)
                .toList();
        if (!down.isEmpty()) {
            return Optional.of(String.join("; ", down));
        }
        if (accounts.getService() == null) {
            return Optional.of("accounts are not available");
        }
        VirtualHosts domains = hosts.getService();
        if (domains == null) {
            return Optional.of("the router is not available");
        }
        Optional<ListenerInfo> door = listeners().stream()
                .filter(l -> l.name().equals("c2s") || l.name().equals("c2s-tls"))
                .findFirst();
        if (door.isEmpty()) {
            return Optional.of("no port for clients is open");
        }
        try {
            StreamProbe.run(door.get(), domains.defaultDomain(), PROBE);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("a stream to " + door.get().name() + " was not answered: " + e.getMessage());
        }
    }

    /**
     * Asked of the registry, not of the tracker: that hears of the storage only after all that starts with the storage
     * has started, and until then a node without its database would look well.
     */
    private List<HealthCheck.Health> health() {
        List<HealthCheck.Health> health = new ArrayList<>();
        try {
            for (ServiceReference<HealthCheck> reference : context.getServiceReferences(HealthCheck.class, null)) {
                HealthCheck check = context.getService(reference);
                if (check != null) {
                    health.add(check.check());
                    context.ungetService(reference);
                }
            }
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e); // there is no filter
        }
        return health;
    }

    Answer ask() {
        Optional<String> obstacle = obstacle();
        List<String> lines = new ArrayList<>();
        lines.add(obstacle.map(o -> "clients cannot log in: " + o).orElse("clients can log in"));
        lines.add("version    " + context.getProperty("skein.version"));
        lines.add("pid        " + ProcessHandle.current().pid());
        lines.add("domains    " + String.join(", ", domains()));
        for (ListenerInfo l : listeners()) {
            lines.add(String.format(
                    "listener   %-10s %s",
                    l.name(),
                    l.address().getAddress().isAnyLocalAddress()
                            ? "*:" + l.address().getPort()
                            : l.address().getAddress().getHostAddress() + ":"
                                    + l.address().getPort()));
        }
        Sessions service = sessions.getService();
        if (service != null) {
            lines.add("sessions   " + service.count());
        }
        checks.getTracked().values().stream()
                .sorted(Comparator.comparing(HealthCheck::name))
                .forEach(c -> lines.add(String.format(
                        "health     %-10s %s%s",
                        c.name(),
                        c.check().status(),
                        c.check().detail().isEmpty() ? "" : ", " + c.check().detail())));
        return new Answer(obstacle, lines.stream().collect(Collectors.joining("\n")));
    }

    @Descriptor("tells how this node is")
    public String status() {
        return ask().text();
    }
}
