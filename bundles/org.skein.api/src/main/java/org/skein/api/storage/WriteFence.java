package org.skein.api.storage;

import java.util.OptionalLong;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Makes the database refuse what a node writes once it is not in the view any more (CLUSTER 6). While an incarnation is
 * set, writes fail with {@link FencedException} where {@code cluster_member} has no row for it. A call is judged by what
 * was set when it was made, so what an earlier life of this node left waiting is refused after a new one joined. Reads
 * are not fenced.
 */
@ConsumerType
public interface WriteFence {
    /**
     * Any thread; at once. To be set when the incarnation is in the view, before the node serves as a member.
     *
     * @param incarnation of this node; empty while it is alone: no condition
     */
    void holder(OptionalLong incarnation);
}
