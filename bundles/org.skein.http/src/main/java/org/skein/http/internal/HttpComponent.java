package org.skein.http.internal;

import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.Designate;
import org.skein.cluster.api.Cluster;
import org.skein.net.api.ListenException;
import org.skein.net.api.Listeners;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves HTTP while there are listeners; a node without a working part has to be able to say so. */
@Component(
        configurationPid = "org.skein.http",
        immediate = true,
        service = {})
@Designate(ocd = HttpConfig.class)
public final class HttpComponent {
    private static final Logger log = LoggerFactory.getLogger(HttpComponent.class);

    private final HttpListener listener;
    private final Listeners listeners;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile Cluster cluster;

    @Activate
    public HttpComponent(HttpConfig config, BundleContext bundles, @Reference Listeners listeners)
            throws ListenException {
        this.listeners = listeners;
        listener = new HttpListener(HttpSettings.of(config), new HealthSource(bundles, this::cluster));
        listener.listen(listeners);
    }

    private Cluster cluster() {
        return cluster;
    }

    @Modified
    void modified(HttpConfig config) {
        try {
            listener.change(HttpSettings.of(config), listeners);
        } catch (ListenException e) { // logged; until the settings are mended there is no port
            log.debug("what=http_not_listening", e);
        }
    }

    @Deactivate
    void stop() {
        listener.stop();
    }
}
