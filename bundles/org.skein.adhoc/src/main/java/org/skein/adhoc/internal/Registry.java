package org.skein.adhoc.internal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.skein.api.command.Action;
import org.skein.api.command.DescribedAction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The commands there are on this node. Of two with one name or node a class counts before what is described by data, and the first to come. */
@Component(service = Registry.class)
public final class Registry {
    private static final Logger log = LoggerFactory.getLogger(Registry.class);

    /** Hears what comes and goes, in order; calls back for what is there when it is added. */
    interface Listener {
        void added(Definition command);

        void removed(Definition command);
    }

    private final List<Definition> known = new ArrayList<>(); // guarded by this, in the order they came
    private final List<Listener> listeners = new ArrayList<>(); // guarded by this
    private volatile Map<String, Definition> byName = Map.of();

    @Activate
    public Registry() {
        // the commands come by themselves
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY) // commands come and go
    void bindAction(Action<?> action) {
        try {
            add(Definition.of(action));
        } catch (RuntimeException | LinkageError e) { // whatever the class of whatever bundle does
            leftOut(action, e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY) // they come and go as well
    void bindDescribed(DescribedAction action) {
        try {
            add(Definition.of(action));
        } catch (RuntimeException | LinkageError e) {
            leftOut(action, e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }

    private static void leftOut(Object service, String reason) {
        log.warn(
                "what=command_left_out class={} reason=\"{}\"",
                service.getClass().getName(),
                reason);
        tell(service, Optional.of(reason));
    }

    private static void tell(Object service, Optional<String> refusal) {
        if (!(service instanceof DescribedAction described)) return;
        try {
            described.hosted(refusal);
        } catch (RuntimeException | LinkageError e) {
            log.warn("what=command_told_in_vain class={}", service.getClass().getName(), e);
        }
    }

    private synchronized void add(Definition added) {
        known.add(added);
        changed();
        if (byName.get(added.name()) != added) leftOut(added.service(), reason(added));
    }

    private String reason(Definition out) {
        return byName.values().stream()
                .filter(d -> clash(d, out))
                .findFirst()
                .map(d ->
                        "its name or node is that of " + d.service().getClass().getName())
                .orElse("its name or node is that of another");
    }

    void unbindAction(Action<?> action) {
        remove(action);
    }

    void unbindDescribed(DescribedAction action) {
        remove(action);
    }

    private synchronized void remove(Object service) {
        if (known.removeIf(d -> d.service() == service)) changed();
    }

    private static boolean clash(Definition one, Definition other) {
        return one.name().equals(other.name()) || one.node().equals(other.node());
    }

    /** A script does not become a command of the server because it was quicker at a start. */
    private List<Definition> inOrder() {
        return known.stream()
                .sorted(Comparator.comparing(d -> d.service() instanceof DescribedAction))
                .toList();
    }

    private void changed() {
        Map<String, Definition> now = new TreeMap<>();
        for (Definition d : inOrder()) {
            if (now.values().stream().noneMatch(other -> clash(d, other))) now.put(d.name(), d);
        }
        Map<String, Definition> before = byName;
        byName = now;
        now.values().stream().filter(d -> before.get(d.name()) != d).forEach(d -> tell(d.service(), Optional.empty()));
        known.stream()
                .filter(d -> before.get(d.name()) == d && now.get(d.name()) != d)
                .forEach(d -> leftOut(d.service(), reason(d)));
        for (Listener listener : listeners) {
            before.values().stream().filter(d -> now.get(d.name()) != d).forEach(listener::removed);
            now.values().stream().filter(d -> before.get(d.name()) != d).forEach(listener::added);
        }
    }

    synchronized void listen(Listener listener) {
        listeners.add(listener);
        byName.values().forEach(listener::added);
    }

    synchronized void ignore(Listener listener) {
        if (listeners.remove(listener)) byName.values().forEach(listener::removed);
    }

    Optional<Definition> named(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    Optional<Definition> atNode(String node) {
        return all().stream().filter(d -> d.node().equals(node)).findFirst();
    }

    /** By name. */
    Collection<Definition> all() {
        return byName.values();
    }
}
