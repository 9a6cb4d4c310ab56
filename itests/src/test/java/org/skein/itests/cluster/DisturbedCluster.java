package org.skein.itests.cluster;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.skein.itests.support.ClusterNodes;
import org.skein.itests.support.Shared;
import org.skein.itests.support.SharedNode;
import org.skein.itests.support.StanzaClient;
import org.skein.testkit.storage.MariaDb;

/**
 * Three nodes on a database of their own, for tests that kill and stop both; shared by their classes. Each test begins
 * with {@link Nodes#whole}.
 */
final class DisturbedCluster implements ParameterResolver {
    /** The nodes and their database. */
    record Nodes(MariaDb database, ClusterNodes cluster) implements AutoCloseable {
        /** All run and are members. */
        ClusterNodes whole() {
            return cluster.start();
        }

        @Override
        public void close() {
            cluster.close();
            database.close();
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Nodes.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return Shared.get(Nodes.class, DisturbedCluster::create);
    }

    private static Nodes create() {
        MariaDb database = MariaDb.create();
        Nodes nodes = new Nodes(
                database,
                ClusterNodes.create(
                        database,
                        "disturbed",
                        3,
                        "cluster-silence-ms=6000", // a loaded machine rarely excludes a node that is well
                        "c2s-tls-required=false",
                        "plain-without-tls=true"));
        nodes.whole().node(0).addUser(SharedNode.ADMIN + "@localhost", StanzaClient.PASSWORD);
        return nodes;
    }
}
