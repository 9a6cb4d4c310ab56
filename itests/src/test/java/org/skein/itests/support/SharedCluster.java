package org.skein.itests.support;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.skein.testkit.storage.MariaDb;

/** Three nodes for all test classes that disturb none of them: the first to ask starts them, they end with the tests. */
public final class SharedCluster implements ParameterResolver {
    /** Sessions one account may have on the shared nodes. */
    public static final int MAX_SESSIONS = 24;

    private static final int NODES = 3;

    private record Running(ClusterNodes nodes) implements AutoCloseable {
        @Override
        public void close() {
            nodes.close();
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == ClusterNodes.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return nodes();
    }

    static ClusterNodes nodes() {
        return Shared.get(Running.class, () -> new Running(start())).nodes();
    }

    private static ClusterNodes start() {
        ClusterNodes nodes = ClusterNodes.create(
                        MariaDb.shared(),
                        "shared_cluster",
                        NODES,
                        "cluster-silence-ms=30000", // a loaded machine excludes nobody
                        "max-sessions-per-user=" + MAX_SESSIONS,
                        "contact-addresses=abuse=mailto:abuse@example.org,admin=xmpp:admin@example.org")
                .start();
        nodes.node(0).addUser(SharedNode.ADMIN + "@localhost", StanzaClient.PASSWORD);
        return nodes;
    }
}
