package org.skein.router.internal;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.component.ComponentDomains;
import org.skein.api.component.VirtualHosts;
import org.skein.api.monitor.HealthCheck;

/**
 * Tells of components an operator has named ({@code comp-name-N}) that no bundle here provides: a component comes with its
 * bundle and is there as long as that runs, so a line of settings alone brings none.
 */
@Component(configurationPid = "org.skein.components", configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class ExpectedComponents implements HealthCheck {
    private static final String NAME = "name.";

    private final ComponentDomains domains;
    private final VirtualHosts hosts;
    private volatile Map<String, String> expected; // the class set, by name

    @Activate
    public ExpectedComponents(
            @Reference ComponentDomains domains, @Reference VirtualHosts hosts, Map<String, Object> settings) {
        this.domains = domains;
        this.hosts = hosts;
        modified(settings);
    }

    @Modified
    void modified(Map<String, Object> settings) {
        Map<String, String> named = new TreeMap<>();
        settings.forEach((key, name) -> {
            if (key.startsWith(NAME)) {
                named.put(
                        String.valueOf(name).toLowerCase(Locale.ROOT), // as domains are
                        String.valueOf(settings.getOrDefault("class." + key.substring(NAME.length()), "")));
            }
        });
        expected = named;
    }

    @Override
    public String name() {
        return "components";
    }

    @Override
    public Health check() {
        String missing = expected.entrySet().stream()
                .filter(e -> !domains.component(e.getKey() + '.' + hosts.defaultDomain())
                        .isPresent())
                .map(e -> e.getKey() + " (" + e.getValue() + ")")
                .collect(Collectors.joining(", "));
        return missing.isEmpty()
                ? new Health(Status.OK, expected.size() + " of the settings, all there")
                : new Health(
                        Status.DEGRADED,
                        "set, but no bundle here provides: " + missing
                                + ". Install its bundle, or take its lines comp-name and comp-class away");
    }
}
