package org.skein.cluster.membership.db.internal;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.transport.LinkState;

/**
 * How the links to others are. A link is good while both ways work: something is heard, and what was asked is echoed.
 * Silence counts only if this process ran itself: after a gap in its own timers it counts anew (CLUSTER 7).
 */
final class LinkBook {
    private final Function<NodeId, LinkState> links;
    private final LongSupplier awakeSince;
    private final Timing timing;
    private final Map<NodeId, Long> knownSince = new HashMap<>();
    private long ranAt;
    private long gapEndedAt;

    /** @param awakeSince since when the links' own timers ran without a gap */
    LinkBook(Function<NodeId, LinkState> links, LongSupplier awakeSince, Timing timing, long now) {
        this.links = links;
        this.awakeSince = awakeSince;
        this.timing = timing;
        ranAt = now;
        gapEndedAt = now;
    }

    /** The own timer ran. */
    void ran(long now) {
        checkGap(now);
        ranAt = now;
    }

    /** Something else than the timer ran. */
    void checkGap(long now) {
        if (now - ranAt > timing.lag()) gapEndedAt = now;
    }

    /** For how long this process has run without a gap, as far as it matters. */
    long sinceGap(long now) {
        return now - gapEndedAt;
    }

    /** From now on these are listened for, and nobody else. */
    void expect(Collection<NodeId> others, long now) {
        knownSince.keySet().retainAll(others);
        for (NodeId id : others) knownSince.putIfAbsent(id, now);
    }

    LinkState link(NodeId id) {
        LinkState link = links.apply(id);
        return link == null ? LinkState.NONE : link;
    }

    /** For how long nothing good came from it; what this node cannot know does not count. */
    long silentFor(NodeId id, long now) {
        LinkState link = link(id);
        long from = Math.max(gapEndedAt, knownSince.getOrDefault(id, now));
        long awake = awakeSince.getAsLong();
        if (awake != 0) from = Math.max(from, awake);
        if (link.heardNanos() != 0 && link.echoedNanos() != 0) {
            from = Math.max(from, Math.min(link.heardNanos(), link.echoedNanos()));
        }
        return now - from;
    }

    /** Linked, and the link was good a moment ago. */
    boolean isGood(NodeId id, long now) {
        LinkState link = link(id);
        return link.linked()
                && link.heardNanos() != 0
                && link.echoedNanos() != 0
                && now - Math.min(link.heardNanos(), link.echoedNanos()) < timing.silence() * 3 / 5;
    }

    boolean isDead(NodeId id) {
        LinkState link = link(id);
        return link.dead() && !link.linked();
    }

    boolean isLinked(NodeId id) {
        return link(id).linked();
    }
}
