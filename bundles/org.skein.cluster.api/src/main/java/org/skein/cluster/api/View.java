package org.skein.cluster.api;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Who is in the cluster, decided by compare-and-set in the database (P4). Of one epoch there is one view.
 *
 * @param epoch 0 for a node that is in no cluster
 * @param level the protocol level all members speak (CLUSTER 24)
 * @param members by name; each name once
 */
public record View(long epoch, int level, List<Member> members) {
    public View {
        members = members.stream()
                .sorted(Comparator.comparing((Member m) -> m.id()))
                .toList();
    }

    public boolean contains(NodeId id) {
        return member(id).isPresent();
    }

    public Optional<Member> member(NodeId id) {
        for (Member m : members) {
            if (m.id().equals(id)) return Optional.of(m);
        }
        return Optional.empty();
    }

    public Optional<Member> member(String name) {
        for (Member m : members) {
            if (m.id().name().equals(name)) return Optional.of(m);
        }
        return Optional.empty();
    }

    public List<NodeId> ids() {
        return members.stream().map(Member::id).toList();
    }
}
