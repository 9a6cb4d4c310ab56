package org.skein.storage.jdbc.internal;

import java.nio.file.Path;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.LongAdder;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.skein.api.monitor.HealthCheck;
import org.skein.api.monitor.Metrics;
import org.skein.api.storage.StorageStatus;
import org.skein.api.storage.WriteFence;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the database the configuration names. It begins to open it at once and does not wait for it; a change of the
 * configuration changes the database without the repositories' services going away.
 */
@Component(
        service = {JdbcStorage.class, StorageStatus.class, WriteFence.class, HealthCheck.class},
        configurationPid = "org.skein.storage.jdbc",
        immediate = true)
@Designate(ocd = JdbcStorage.Config.class)
public final class JdbcStorage implements Storage, StorageStatus, WriteFence, HealthCheck {
    private static final Logger LOG = LoggerFactory.getLogger(JdbcStorage.class);

    @ObjectClassDefinition(name = "Skein storage")
    @interface Config {
        @AttributeDefinition(description = "Which database: h2, mysql or mariadb")
        String kind() default "h2";

        @AttributeDefinition(description = "Its address, jdbc:…; empty for the H2 file under data/")
        String uri() default "";

        @AttributeDefinition(description = "Connections, and threads that use them; 0 = 4 for H2, 10 for others")
        int poolSize() default 0;

        @AttributeDefinition(description = "After how long a call to the database fails, in seconds")
        int timeoutSeconds() default 4;

        @AttributeDefinition(
                description =
                        "After how long a statement of the cluster membership fails, in seconds; it has connections"
                                + " of its own")
        int clusterTimeoutSeconds() default 5;

        @AttributeDefinition(description = "Calls that may wait for a connection; 0 = no limit")
        int maxWaiting() default 20_000;

        @AttributeDefinition(description = "H2: a commit also survives a power failure (one fsync for each group)")
        boolean sync() default true;

        @AttributeDefinition(description = "Messages waiting for one user, offline and parked; 0 = no limit")
        int offlineQuota() default 1000;

        @AttributeDefinition(description = "Addresses on one block list; 0 = no limit")
        int blockListLimit() default 1000;

        @AttributeDefinition(description = "Elements of private XML of one user; 0 = no limit")
        int privateXmlLimit() default 200;

        @AttributeDefinition(description = "Bytes of one vCard or private element; 0 = no limit")
        int xmlMaxBytes() default 262_144;

        @AttributeDefinition(description = "Removed contacts remembered per roster for XEP-0237; 0 = all")
        int rosterRemovedKept() default 200;
    }

    private final BundleContext context;
    private final Path base;
    private final LongAdder failed = new LongAdder();
    private final Map<Metrics, List<AutoCloseable>> gauges = new IdentityHashMap<>();
    private volatile Settings settings;
    private volatile Limits limits;
    private volatile Database database;
    private DataSourceService dataSource;
    private volatile long holder;

    @Activate
    public JdbcStorage(BundleContext context, Config config) {
        this.context = context;
        String given = context.getProperty("skein.base");
        base = Path.of(given == null ? "." : given);
        settings = settings(config);
        limits = limits(config);
        dataSource = new DataSourceService(context);
        database = open();
    }

    private Database open() {
        return new Database(settings, failed, dataSource::register, () -> holder);
    }

    private Settings settings(Config c) {
        return new Settings(
                Settings.kind(c.kind()),
                c.uri(),
                c.poolSize(),
                Duration.ofSeconds(c.timeoutSeconds()),
                Duration.ofSeconds(c.clusterTimeoutSeconds()),
                c.maxWaiting(),
                c.sync(),
                base);
    }

    private static Limits limits(Config c) {
        return new Limits(
                c.offlineQuota(), c.blockListLimit(), c.privateXmlLimit(), c.xmlMaxBytes(), c.rosterRemovedKept());
    }

    @Modified
    synchronized void modified(Config config) {
        limits = limits(config);
        Settings wanted;
        try {
            wanted = settings(config);
        } catch (IllegalArgumentException wrong) {
            LOG.error("what=database_setting_refused reason=\"{}\"", wrong.getMessage());
            return;
        }
        if (wanted.equals(settings)) return;
        Database old = database;
        if (!wanted.isSameDatabase(settings)) {
            dataSource.close();
            dataSource = new DataSourceService(context);
        }
        boolean mayBeTheSameFile = !wanted.isShared();
        settings = wanted;
        if (mayBeTheSameFile) old.close();
        database = open();
        if (!mayBeTheSameFile) old.close(); // calls are served meanwhile
    }

    /** May come and go: figures are not worth closing the database for. */
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    synchronized void bindMetrics(Metrics metrics) {
        gauges.put(
                metrics,
                List.of(
                        metrics.gauge(
                                "storage.calls.waiting", "Calls that wait for a connection", () -> database.waiting()),
                        metrics.gauge("storage.calls.running", "Connections in use", () -> database.busy()),
                        metrics.gauge("storage.calls.failed", "Calls that failed since the start", failed::sum)));
    }

    /** Called after the next one is bound, if there is one. */
    synchronized void unbindMetrics(Metrics metrics) {
        for (AutoCloseable gauge : gauges.remove(metrics)) {
            try {
                gauge.close();
            } catch (Exception e) {
                LOG.warn("what=gauge_not_closed", e);
            }
        }
    }

    @Deactivate
    synchronized void deactivate() {
        dataSource.close();
        database.close();
    }

    @Override
    public Database database() {
        return database;
    }

    @Override
    public Limits limits() {
        return limits;
    }

    @Override
    public void holder(OptionalLong incarnation) {
        holder = incarnation.orElse(0);
        LOG.info("what=write_fence incarnation={}", incarnation.isPresent() ? holder : "none");
    }

    @Override
    public boolean isAvailable() {
        return database.isAvailable();
    }

    @Override
    public String description() {
        return database.description();
    }

    @Override
    public String name() {
        return "database";
    }

    @Override
    public Health check() {
        return database.health();
    }
}
