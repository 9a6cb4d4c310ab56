package org.skein.adhoc.groovy.internal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/** The services one run of a script asked for; given back when it is over. */
final class ServiceLookup implements AutoCloseable {
    private final BundleContext context;
    private final List<ServiceReference<?>> taken = new ArrayList<>(); // guarded by this

    ServiceLookup(BundleContext context) {
        this.context = context;
    }

    /** @throws IllegalStateException if there is none */
    Object one(String type) {
        ServiceReference<?> reference = context.getServiceReference(type);
        Object service = reference == null ? null : take(reference);
        if (service == null) throw new IllegalStateException("this node has no service " + type);
        return service;
    }

    List<Object> all(String type) {
        List<Object> services = new ArrayList<>();
        for (ServiceReference<?> reference : references(type)) {
            Object service = take(reference);
            if (service != null) services.add(service);
        }
        return services;
    }

    private Collection<ServiceReference<?>> references(String type) {
        try {
            ServiceReference<?>[] found = context.getServiceReferences(type, null);
            return found == null ? List.of() : List.of(found);
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private synchronized Object take(ServiceReference<?> reference) {
        Object service = context.getService(reference);
        if (service != null) taken.add(reference);
        return service;
    }

    @Override
    public synchronized void close() {
        taken.forEach(context::ungetService);
        taken.clear();
    }
}
