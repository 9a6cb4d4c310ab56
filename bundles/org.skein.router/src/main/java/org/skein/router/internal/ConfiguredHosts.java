package org.skein.router.internal;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.skein.api.component.VirtualHosts;
import org.skein.xmpp.Jid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The virtual hosts and administrators an operator has set. A change holds from the next stanza on. */
@Component(configurationPid = "org.skein.router")
@Designate(ocd = ConfiguredHosts.Config.class)
public final class ConfiguredHosts implements VirtualHosts {
    private static final Logger log = LoggerFactory.getLogger(ConfiguredHosts.class);

    @ObjectClassDefinition(name = "Skein domains")
    @interface Config {
        @AttributeDefinition(description = "Domains this server serves; the first is the default")
        String[] virtHosts() default "localhost";

        @AttributeDefinition(description = "Accounts (bare addresses) that may administer the server")
        String[] admins() default {};
    }

    private record Hosts(Set<String> domains, String first, Set<Jid> admins) {}

    private volatile Hosts hosts;

    @Activate
    public ConfiguredHosts(Config config) {
        hosts = read(config);
    }

    @Modified
    void modified(Config config) {
        hosts = read(config);
        log.info("what=domains_set domains={} admins={}", hosts.domains, hosts.admins.size());
    }

    private static Hosts read(Config config) {
        Set<String> domains = new LinkedHashSet<>();
        for (String name : config.virtHosts()) {
            if (name.isBlank()) continue;
            Jid.parse(name.strip())
                    .filter(j -> j.isBare() && !j.hasLocal())
                    .ifPresentOrElse(
                            j -> domains.add(j.domain()),
                            () -> log.error("what=bad_domain setting=virt-hosts value={}", name));
        }
        if (domains.isEmpty()) {
            log.error("what=no_domain setting=virt-hosts using=localhost");
            domains.add("localhost");
        }
        Set<Jid> admins = Arrays.stream(config.admins())
                .filter(a -> !a.isBlank())
                .flatMap(a -> Jid.parse(a.strip()).stream())
                .map(Jid::bare)
                .collect(Collectors.toUnmodifiableSet());
        return new Hosts(Set.copyOf(domains), domains.iterator().next(), admins);
    }

    @Override
    public Set<String> domains() {
        return hosts.domains;
    }

    @Override
    public String defaultDomain() {
        return hosts.first;
    }

    @Override
    public boolean isAdmin(Jid account) {
        return hosts.admins.contains(account.bare());
    }
}
