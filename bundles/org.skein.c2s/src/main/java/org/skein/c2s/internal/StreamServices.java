package org.skein.c2s.internal;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.skein.api.auth.Sasl;
import org.skein.api.component.IqDispatcher;
import org.skein.api.component.VirtualHosts;
import org.skein.api.session.SessionManager;
import org.skein.api.session.StreamFeatures;
import org.skein.api.session.StreamRedirect;
import org.skein.net.api.Tls;

/**
 * What streams need of the rest of the server. The suppliers answer what is registered now;
 * {@code admission} makes one from the rate that is set now.
 */
record StreamServices(
        Tls tls,
        Tls.Server tlsServer,
        Sasl sasl,
        SessionManager sessions,
        IqDispatcher iqs,
        VirtualHosts hosts,
        Supplier<List<StreamFeatures>> features,
        Supplier<Optional<StreamRedirect>> redirect,
        Permit permit,
        Function<LongSupplier, LoginAdmission> admission) {}
