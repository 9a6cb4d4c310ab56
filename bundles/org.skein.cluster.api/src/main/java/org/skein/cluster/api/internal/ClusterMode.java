package org.skein.cluster.api.internal;

import java.util.Collection;
import java.util.Map;
import java.util.function.Function;
import javax.sql.DataSource;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;

/**
 * Why a value of {@code cluster-mode} cannot be: the reason for operators, or empty. Asked before it is set at the console
 * or the feature is installed, and by whoever is about to join. Any thread.
 */
@Component(service = Function.class, configurationPid = LoneNode.PID, property = "skein.setting=cluster-mode")
public final class ClusterMode implements Function<Object, String> {
    private static final String INSTEAD = """
            . Set these lines in etc/init.properties:
              --user-db=mariadb
              --user-db-uri=jdbc:mariadb://HOST/DATABASE?user=USER&password=PASSWORD
            or --cluster-mode=false for a node of its own""";

    private final BundleContext context;
    private volatile Object set;

    @Activate
    public ClusterMode(BundleContext context, Map<String, Object> config) {
        this.context = context;
        modified(config);
    }

    @Modified
    void modified(Map<String, Object> config) {
        set = config.get("mode");
    }

    /** As the registry is now: who asks may have heard of a database before this component would. */
    private Collection<ServiceReference<DataSource>> databases(String filter) {
        try {
            return context.getServiceReferences(DataSource.class, filter);
        } catch (InvalidSyntaxException e) {
            throw new IllegalArgumentException(filter, e);
        }
    }

    /** @param wanted null: as it is with the feature installed, which is on unless set otherwise */
    @Override
    public String apply(Object wanted) {
        Object value = wanted != null ? wanted : set != null ? set : true;
        if (!Boolean.parseBoolean(String.valueOf(value))) return "";
        if (!databases("(skein.database=embedded)").isEmpty()) {
            return "the database is embedded in this node, other nodes cannot reach it" + INSTEAD;
        }
        if (!databases("(skein.database.kind=h2)").isEmpty()) {
            return "H2 has not what nodes need to agree on who is in, in server mode neither" + INSTEAD;
        }
        return "";
    }
}
