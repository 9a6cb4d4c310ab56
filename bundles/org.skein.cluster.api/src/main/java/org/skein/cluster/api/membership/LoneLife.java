package org.skein.cluster.api.membership;

import org.osgi.annotation.versioning.ProviderType;
import org.skein.cluster.api.Cluster;

/** The lone node a cluster takes over from and gives back to, as a service: one incarnation is never used twice. */
@ProviderType
public interface LoneLife {
    /** What the node is until it is a member. */
    Cluster alone();

    /**
     * The incarnation to join with: the lone node's own the first time, so that its sessions go on; a new one each time
     * after {@link #over}.
     */
    long incarnation();

    /** This node is a member: from now on it never serves alone while it is configured to be one. */
    void joined();

    /** The incarnation it joined with is void. */
    void over();
}
