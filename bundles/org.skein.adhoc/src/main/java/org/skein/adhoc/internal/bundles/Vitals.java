package org.skein.adhoc.internal.bundles;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.service.component.runtime.dto.UnsatisfiedReferenceDTO;
import org.skein.api.monitor.HealthCheck;
import org.skein.api.monitor.HealthCheck.Health;
import org.skein.api.monitor.HealthCheck.Status;

/** Tells whether a bundle runs, and whether the node is as well as it was before. */
final class Vitals {
    /** A node may be less than well for a moment after a change. */
    private static final int LOOKS = 20;

    private final Supplier<List<HealthCheck>> checks;
    private final Supplier<Optional<ServiceComponentRuntime>> components;
    private final Duration between;

    /** @param between looks */
    Vitals(
            Supplier<List<HealthCheck>> checks,
            Supplier<Optional<ServiceComponentRuntime>> components,
            Duration between) {
        this.between = between;
        this.checks = checks;
        this.components = components;
    }

    Map<String, Health> look() {
        Map<String, Health> all = new TreeMap<>();
        for (HealthCheck check : checks.get()) all.put(name(check), health(check));
        return all;
    }

    private static String name(HealthCheck check) {
        try {
            return String.valueOf(check.name());
        } catch (RuntimeException | LinkageError e) { // may be the new bundle's own
            return check.getClass().getName();
        }
    }

    private static Health health(HealthCheck check) {
        try {
            Health health = check.check();
            return health == null ? new Health(Status.DOWN, "it answers nothing") : health;
        } catch (RuntimeException | LinkageError e) {
            return new Health(Status.DOWN, e.toString());
        }
    }

    /** @throws BundleProblem if the node is less well than it was, for more than some seconds */
    void assertWell(Map<String, Health> before) throws BundleProblem {
        List<String> worse = worse(before);
        for (int i = 0; i < LOOKS && !worse.isEmpty(); i++) {
            pause();
            worse = worse(before);
        }
        if (!worse.isEmpty()) throw new BundleProblem("the node is not well with it: " + String.join("; ", worse));
    }

    private List<String> worse(Map<String, Health> before) {
        List<String> worse = new ArrayList<>();
        look().forEach((name, now) -> {
            Status was = before.containsKey(name) ? before.get(name).status() : Status.OK;
            if (now.status().compareTo(was) > 0) worse.add(name + " is " + now.status() + ", " + now.detail());
        });
        return worse;
    }

    /**
     * The same, and the bundle is active and none of its components has failed: also a moment later.
     *
     * @return what its components wait for
     */
    String assertWell(Bundle bundle, Map<String, Health> before) throws BundleProblem {
        assertActive(bundle);
        pause();
        assertActive(bundle);
        assertWell(before);
        return configurations(bundle)
                .filter(c -> c.state == ComponentConfigurationDTO.UNSATISFIED_REFERENCE)
                .map(c -> c.description.name + " waits for "
                        + Stream.of(c.unsatisfiedReferences)
                                .map(Vitals::service)
                                .collect(Collectors.joining(", ")))
                .collect(Collectors.joining("; "));
    }

    private static String service(UnsatisfiedReferenceDTO reference) {
        return reference.name + (reference.target == null ? "" : " " + reference.target);
    }

    private void assertActive(Bundle bundle) throws BundleProblem {
        if (bundle.getState() != Bundle.ACTIVE) throw new BundleProblem("it does not stay started");
        Optional<String> failed = configurations(bundle)
                .filter(c -> c.state == ComponentConfigurationDTO.FAILED_ACTIVATION)
                .map(c -> "its component " + c.description.name + " fails: " + firstLine(c.failure))
                .findFirst();
        if (failed.isPresent()) throw new BundleProblem(failed.get());
    }

    private Stream<ComponentConfigurationDTO> configurations(Bundle bundle) {
        Optional<ServiceComponentRuntime> runtime = components.get();
        if (runtime.isEmpty()) return Stream.empty();
        List<ComponentConfigurationDTO> all = new ArrayList<>();
        for (ComponentDescriptionDTO description : runtime.get().getComponentDescriptionDTOs(bundle)) {
            all.addAll(runtime.get().getComponentConfigurationDTOs(description));
        }
        return all.stream();
    }

    private static String firstLine(String text) {
        return text == null ? "" : text.lines().findFirst().orElse("");
    }

    private void pause() throws BundleProblem {
        try {
            Thread.sleep(between.toMillis());
        } catch (InterruptedException e) {
            throw new BundleProblem("that took too long", e);
        }
    }
}
