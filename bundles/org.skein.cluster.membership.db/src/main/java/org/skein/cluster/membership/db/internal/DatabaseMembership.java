package org.skein.cluster.membership.db.internal;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import javax.sql.DataSource;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.skein.cluster.api.membership.LocalNode;
import org.skein.cluster.api.membership.Membership;
import org.skein.cluster.api.transport.Endpoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Membership by the tables cluster_nodes, cluster_view and cluster_member of the shared database. */
@Component(configurationPid = "org.skein.cluster.membership.db")
@Designate(ocd = DatabaseMembership.Config.class)
public final class DatabaseMembership implements Membership {
    /** Settings. */
    @ObjectClassDefinition
    public @interface Config {
        @AttributeDefinition(
                description = "A member not heard for so long is excluded, in milliseconds (1000 to 60000)")
        int silenceMillis() default 2500;

        @AttributeDefinition(
                description =
                        "How long members serve by their links alone while the database does not answer, in seconds;"
                                + " a newcomer waits as long before it takes over from several nodes that neither answer nor refuse")
        int graceSeconds() default 300;

        @AttributeDefinition(description = "After how long a statement fails, in milliseconds")
        int statementTimeoutMillis() default 2000;
    }

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseMembership.class);

    private final Function<String, DatabaseThread> databases;
    private final Function<String, Optional<String>> whyNot;
    private final Set<Participation> nodes = ConcurrentHashMap.newKeySet();
    private volatile Timing timing;
    private volatile int statementMillis;

    @Activate
    public DatabaseMembership(Config config, @Reference(target = "(skein.database=shared)") DataSource source) {
        databases = name -> new DatabaseThread(name, DatabaseThread.of(source, statementMillis));
        whyNot = HostName::whyNot;
        use(config);
    }

    DatabaseMembership(
            Timing timing, Function<String, DatabaseThread> databases, Function<String, Optional<String>> whyNot) {
        this.timing = timing;
        this.databases = databases;
        this.whyNot = whyNot;
    }

    private void use(Config config) {
        timing = Timing.of(checked(config.silenceMillis(), 1000, 60_000), checked(config.graceSeconds(), 10, 86_400));
        statementMillis = config.statementTimeoutMillis();
    }

    /** A member stays what it is, and as patient as it was: others count on that. */
    @Modified
    void modified(Config config) {
        use(config);
        if (!nodes.isEmpty()) LOG.warn("what=restart_needed setting=cluster-silence-ms,cluster-database-grace");
    }

    private static int checked(int value, int least, int most) {
        if (value >= least && value <= most) return value;
        int used = Math.max(least, Math.min(most, value));
        LOG.warn("what=cluster_setting_out_of_range value={} range={}..{} used={}", value, least, most, used);
        return used;
    }

    @Override
    public Participation join(LocalNode local, Endpoint endpoint, Listener listener) {
        Optional<String> wrong = whyNot.apply(local.host());
        if (wrong.isPresent()) {
            LOG.error("what=cluster_refused node={} reason=\"{}\"", local.id(), wrong.get());
            listener.refused(wrong.get(), true);
            return new Outsider(local.id());
        }
        LOG.debug(
                "what=cluster_joining node={} host={} port={} seeds={}",
                local.id(),
                local.host(),
                local.port(),
                local.seeds());
        Node node = new Node(
                local, endpoint, listener, timing, databases.apply(local.id().name()));
        nodes.add(node);
        return node;
    }

    @Deactivate
    void deactivate() {
        nodes.forEach(Participation::leave);
        nodes.clear();
    }
}
