package org.skein.console.internal;

import org.apache.felix.service.command.Descriptor;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.util.tracker.ServiceTracker;
import org.skein.api.session.Sessions;

/** {@code session:count}, of this node; the others are commands of {@code org.skein.adhoc} and of the whole cluster. */
@Component(
        service = SessionCommands.class,
        property = {"osgi.command.scope=session", "osgi.command.function=count"})
public final class SessionCommands {
    private final ServiceTracker<Sessions, Sessions> sessions;

    @Activate
    public SessionCommands(BundleContext context) {
        sessions = new ServiceTracker<>(context, Sessions.class, null);
        sessions.open();
    }

    @Deactivate
    void deactivate() {
        sessions.close();
    }

    @Descriptor("tells how many sessions are on this node")
    public int count() {
        Sessions service = sessions.getService();
        if (service == null) {
            throw new IllegalStateException("the session manager is not running");
        }
        return service.count();
    }
}
