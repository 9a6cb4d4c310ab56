package org.skein.auth.internal.sasl;

import static org.osgi.service.component.annotations.ReferenceCardinality.MULTIPLE;
import static org.osgi.service.component.annotations.ReferenceCardinality.OPTIONAL;
import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.auth.Sasl;
import org.skein.api.auth.SaslExchange;
import org.skein.api.auth.SaslMechanism;
import org.skein.api.auth.StreamSecurity;
import org.skein.api.monitor.Metrics;
import org.skein.auth.internal.limit.LoginAttempts;

/** Offers the mechanisms that are registered now, the highest ranking first, and watches over their exchanges. */
@Component
public final class DefaultSasl implements Sasl {
    private final LoginAttempts attempts;

    /** In ascending ranking, as DS keeps it. */
    @Reference(cardinality = MULTIPLE, policy = DYNAMIC, policyOption = GREEDY)
    private volatile List<SaslMechanism> mechanisms = List.of();

    private volatile LongAdder succeeded = new LongAdder();
    private volatile LongAdder failed = new LongAdder();

    @Activate
    public DefaultSasl(@Reference LoginAttempts attempts) {
        this.attempts = attempts;
    }

    /** For tests. */
    DefaultSasl(LoginAttempts attempts, List<SaslMechanism> ascending) {
        this(attempts);
        this.mechanisms = ascending;
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    void setMetrics(Metrics metrics) {
        succeeded = metrics.counter("auth.logins", "Logins that succeeded");
        failed = metrics.counter("auth.failures", "Logins that failed, for any reason");
    }

    void unsetMetrics(Metrics metrics) {
        // the adders go on counting for nobody
    }

    @Override
    public List<String> mechanisms(String host, StreamSecurity security) {
        return offered(host, security).stream().map(SaslMechanism::name).toList();
    }

    @Override
    public Optional<SaslExchange> start(String mechanism, String host, StreamSecurity security) {
        List<SaslMechanism> offered = offered(host, security);
        for (SaslMechanism m : offered) {
            if (m.name().equals(mechanism)) {
                List<String> names = offered.stream().map(SaslMechanism::name).toList();
                return Optional.of(new WatchedExchange(
                        m.name(), m.start(host, security, names), security, attempts, succeeded, failed));
            }
        }
        return Optional.empty();
    }

    private List<SaslMechanism> offered(String host, StreamSecurity security) {
        List<SaslMechanism> ascending = mechanisms;
        List<SaslMechanism> offered = new ArrayList<>(ascending.size());
        for (int i = ascending.size() - 1; i >= 0; i--) {
            if (ascending.get(i).isOffered(host, security)) {
                offered.add(ascending.get(i));
            }
        }
        return offered;
    }
}
