package org.skein.storage.jdbc.internal;

import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Map;
import javax.sql.DataSource;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@code javax.sql.DataSource} service of one database: there from the moment its schema is up to date, also while it
 * is down or the settings of its connections change, until {@link #close()}. Properties: {@code skein.database} is {@code shared} where
 * several nodes may use it, else {@code embedded}; {@code skein.database.kind} is {@code h2}, {@code mysql} or
 * {@code mariadb}.
 */
@Capability(namespace = "osgi.service", attribute = "objectClass:List<String>=javax.sql.DataSource")
final class DataSourceService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DataSourceService.class);
    static final String SHARED = "skein.database";
    static final String KIND = "skein.database.kind";

    private final BundleContext context;
    private FreshConnections offered;
    private ServiceRegistration<DataSource> registration;
    private boolean closed;

    DataSourceService(BundleContext context) {
        this.context = context;
    }

    /** On the thread that looks after the database; those who wait for the service begin to use it on that thread. */
    void register(Pool pool) {
        FreshConnections connections = new FreshConnections(pool);
        synchronized (this) {
            if (closed) return;
            if (offered != null) {
                offered.use(pool);
                return;
            }
            offered = connections;
        }
        ServiceRegistration<DataSource> made;
        try {
            made = context.registerService(DataSource.class, connections, properties(pool));
        } catch (IllegalStateException stopping) {
            LOG.debug("what=data_source_not_registered", stopping);
            return;
        }
        synchronized (this) {
            if (!closed) {
                registration = made;
                return;
            }
        }
        made.unregister();
    }

    private static Dictionary<String, Object> properties(Pool pool) {
        return new Hashtable<>(Map.of(SHARED, pool.shared() ? "shared" : "embedded", KIND, pool.kind()));
    }

    @Override
    public void close() {
        ServiceRegistration<DataSource> last;
        synchronized (this) {
            closed = true;
            last = registration;
            registration = null;
        }
        if (last != null) last.unregister();
    }
}
