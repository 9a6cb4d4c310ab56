package org.skein.launcher;

import java.util.logging.Level;
import java.util.logging.Logger;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleException;
import org.osgi.framework.SynchronousBundleListener;

/**
 * Removes an ordinary jar as soon as somebody installs it. The framework would call it ACTIVE although it exports and does nothing,
 * which looks like success.
 */
final class RefuseNonBundles implements SynchronousBundleListener {
    private static final Logger LOG = Logger.getLogger(RefuseNonBundles.class.getName());

    @Override
    public void bundleChanged(BundleEvent event) {
        Bundle bundle = event.getBundle();
        if (event.getType() != BundleEvent.INSTALLED || bundle.getSymbolicName() != null) {
            return;
        }
        LOG.warning("what=jar_refused location=" + bundle.getLocation()
                + " reason=\"not a bundle: its manifest has no Bundle-SymbolicName\"");
        try {
            bundle.uninstall();
        } catch (BundleException e) {
            LOG.log(Level.WARNING, "what=jar_not_removed location=" + bundle.getLocation(), e);
        }
    }
}
