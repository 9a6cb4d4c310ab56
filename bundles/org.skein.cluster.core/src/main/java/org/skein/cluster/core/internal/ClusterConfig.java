package org.skein.cluster.core.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Settings of PID {@code org.skein.cluster.core}. */
@ObjectClassDefinition(name = "Skein cluster")
@interface ClusterConfig {
    @AttributeDefinition(
            description = "Whether this node is one of several on its database; it is where this bundle was installed")
    boolean mode() default true;

    @AttributeDefinition(
            description = "Name under which the other nodes reach this one; empty = the machine's full name")
    String hostname() default "";

    @AttributeDefinition(description = "TCP port for the other nodes; 0 = any free port")
    int port() default 5777;

    @AttributeDefinition(description = "Nodes to look for beside those in the database, host:port")
    String[] nodes() default {};

    @AttributeDefinition(description = "Clustering strategy: short name or class")
    String strategy() default "broadcast";

    @AttributeDefinition(
            description = "Where clients sent here by other nodes connect, host or host:port; empty = nowhere")
    String client_address() default "";

    @AttributeDefinition(description = "Sessions closed in a second while this node is drained")
    int drain_rate() default 100;
}
