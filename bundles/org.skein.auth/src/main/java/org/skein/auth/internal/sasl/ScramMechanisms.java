package org.skein.auth.internal.sasl;

import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.auth.SaslMechanism;
import org.skein.auth.internal.keys.AccountKeys;
import org.skein.auth.internal.keys.ScramFunctions;
import org.skein.auth.internal.keys.ScramHash;
import org.skein.auth.internal.limit.LoginAttempts;

/**
 * Registers the four SCRAM mechanisms, which are one class with four sets of {@link ScramExchange.Parts}. There is no
 * SCRAM-SHA-512: it would cost every account a third key, for no client that has not SHA-256.
 */
@Component(
        immediate = true,
        service = {})
public final class ScramMechanisms {
    private final List<ServiceRegistration<SaslMechanism>> registrations = new ArrayList<>();

    @Activate
    public ScramMechanisms(BundleContext context, @Reference AccountKeys keys, @Reference LoginAttempts attempts) {
        Nonces nonces = Nonces.secure();
        register(context, 400, ScramHash.SHA_256, true, keys, attempts, nonces);
        register(context, 300, ScramHash.SHA_1, true, keys, attempts, nonces);
        register(context, 200, ScramHash.SHA_256, false, keys, attempts, nonces);
        register(context, 100, ScramHash.SHA_1, false, keys, attempts, nonces);
    }

    private void register(
            BundleContext context,
            int ranking,
            ScramFunctions functions,
            boolean plus,
            AccountKeys keys,
            LoginAttempts attempts,
            Nonces nonces) {
        Hashtable<String, Object> properties = new Hashtable<>();
        properties.put(Constants.SERVICE_RANKING, ranking);
        SaslMechanism mechanism = new ScramMechanism(new ScramExchange.Parts(functions, plus, keys, attempts, nonces));
        registrations.add(context.registerService(SaslMechanism.class, mechanism, properties));
    }

    @Deactivate
    void unregister() {
        registrations.forEach(ServiceRegistration::unregister);
    }
}
