package org.skein.cluster.membership.db.internal;

import java.util.Map;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.View;

/**
 * The view as the database has it.
 *
 * @param changedBy who made it of the one before; empty for nobody
 * @param ageMs since it was changed, by the database's clock
 * @param addresses where each member said it listens when it joined
 */
record StoredView(View view, String changedBy, long ageMs, Map<NodeId, Address> addresses) {
    /** Where a node listens. */
    record Address(String host, int port) {}
}
