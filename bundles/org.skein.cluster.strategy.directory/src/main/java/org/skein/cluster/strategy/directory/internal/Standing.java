package org.skein.cluster.strategy.directory.internal;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeSet;

/**
 * How this node and the others stand to each other: all that answers need besides entries, exchanged as one.
 *
 * @param placement by which this node places accounts
 * @param outdated a participant of it is gone
 * @param agreeing members that place accounts by the same
 * @param inStep participants of which all they hold is told and confirmed by this placement; this node may be one
 * @param publishing members whose sessions have to be found; others are none of our business
 * @param others all other members
 */
record Standing(
        Placement placement,
        boolean outdated,
        Set<NodeId> agreeing,
        Set<NodeId> inStep,
        Set<NodeId> publishing,
        List<NodeId> others,
        List<NodeId> behind,
        NodeSet onlyBehind,
        NodeSet everyone) {

    static Standing of(
            Placement placement,
            boolean outdated,
            Set<NodeId> agreeing,
            Set<NodeId> inStep,
            Set<NodeId> publishing,
            List<NodeId> others) {
        List<NodeId> behind =
                publishing.stream().filter(id -> !inStep.contains(id)).sorted().toList();
        return new Standing(
                placement,
                outdated,
                Set.copyOf(agreeing),
                Set.copyOf(inStep),
                Set.copyOf(publishing),
                List.copyOf(others),
                behind,
                NodeSet.of(behind),
                NodeSet.of(List.copyOf(others)));
    }

    boolean agrees(NodeId id) {
        return !outdated && agreeing.contains(id);
    }

    /** Nobody who publishes can be found: it is no use to look. */
    boolean allBehind() {
        return behind.size() == publishing.size();
    }

    /** All participants are in step: entries here miss nothing. */
    boolean isSettled() {
        return !outdated && inStep.size() == placement.participants().size();
    }

    /** Participants that may hold more than the entries here say, for an asker who has the same placement. */
    List<NodeId> unknownTo(NodeId asker) {
        return placement.participants().stream()
                .map(Participant::id)
                .filter(id -> !id.equals(asker) && !inStep.contains(id))
                .toList();
    }

    NodeSet with(Nodes nodes) {
        if (behind.isEmpty()) return nodes.others;
        if (nodes.others.now().isEmpty()) return onlyBehind;
        Set<NodeId> all = new TreeSet<>(nodes.others.now());
        all.addAll(behind);
        return NodeSet.of(List.copyOf(all));
    }
}
