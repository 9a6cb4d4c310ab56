package org.skein.launcher;

import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/**
 * Writes to the node's log. The launcher is no bundle and has no logging library; it borrows the framework's log service, which
 * {@code pax-logging} offers, by its name.
 */
final class NodeLog {
    private static final String SERVICE = "org.osgi.service.log.LogService";
    private static final int WARNING = 2;

    private final BundleContext context;

    NodeLog(BundleContext context) {
        this.context = context;
    }

    void warn(String message) {
        ServiceReference<?> reference = context.getServiceReference(SERVICE);
        Object service = reference == null ? null : context.getService(reference);
        if (service == null) {
            System.err.println("skein: " + message);
            return;
        }
        try {
            reference
                    .getBundle()
                    .loadClass(SERVICE)
                    .getMethod("log", int.class, String.class)
                    .invoke(service, WARNING, message);
        } catch (ReflectiveOperationException e) {
            System.err.println("skein: " + message + " (and it cannot be logged: " + e + ")");
        } finally {
            context.ungetService(reference);
        }
    }
}
