package org.skein.cluster.api.internal;

import java.util.Map;
import java.util.function.Consumer;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has the bundles of a cluster installed once {@code cluster-mode} asks for one: one line turns a node into a member. */
@Component(
        service = {},
        immediate = true,
        configurationPid = LoneNode.PID)
public final class ClusterFeature {
    private static final Logger log = LoggerFactory.getLogger(ClusterFeature.class);

    private final Consumer<String> installer;

    @Activate
    public ClusterFeature(
            BundleContext context,
            Map<String, Object> config,
            @Reference(target = "(skein.role=feature)") Consumer<String> installer) {
        this.installer = installer;
        modified(context, config);
    }

    @Modified
    void modified(BundleContext context, Map<String, Object> config) {
        if (LoneNode.clusterMode(context, config)) {
            // Starts bundles, which ask for components: not under the lock of the one that is being made.
            new Thread(this::install, "skein-cluster-feature").start();
        }
    }

    private void install() {
        try {
            installer.accept("cluster");
        } catch (RuntimeException e) {
            log.error("what=cluster_not_installed", e);
        }
    }
}
