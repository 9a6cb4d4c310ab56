package org.skein.cluster.core.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.LongAdder;
import org.skein.cluster.api.ClusterListener;
import org.skein.cluster.api.Member;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeState;
import org.skein.cluster.api.View;
import org.skein.cluster.api.membership.Membership;
import org.skein.cluster.core.internal.peers.PeerCounters;
import org.skein.cluster.core.internal.peers.PeerHandlers;

/** A {@link ClusterMember} whose membership and links a test plays. */
final class FakeMember implements Membership.Participation, ClusterMember.Owner {
    final PeerHandlers handlers = new PeerHandlers();
    final PeerCounters counters = PeerCounters.unseen();
    final LongAdder fallbacks = new LongAdder();
    final List<String> heard = new ArrayList<>();
    final ClusterMember member;
    final FakeLinks.End end;
    List<Membership.Row> rows = List.of();
    private boolean serving = true;

    FakeMember(String name, boolean fromStart, FakeLinks links, ScheduledExecutorService timer) {
        NodeId self = new NodeId(name, name.charAt(0));
        member = new ClusterMember(
                self, fromStart, () -> List.of(listener()), handlers, counters, timer, fallbacks, this);
        end = links.open(self, member);
        member.open(end);
        member.participates(this);
    }

    private ClusterListener listener() {
        return new ClusterListener() {
            @Override
            public void leaving(Set<NodeId> nodes) {
                say("leaving " + names(nodes));
            }

            @Override
            public void changed(View now, Set<NodeId> left, Set<NodeId> joined) {
                say("changed -" + names(left) + " +" + names(joined));
            }

            @Override
            public void serving(boolean serving) {
                say("serving " + serving);
            }

            @Override
            public void excluded() {
                say("excluded");
            }
        };
    }

    /** With what Cluster answered at that moment. */
    private void say(String what) {
        heard.add(what + " epoch " + member.view().epoch() + " others "
                + names(Set.copyOf(
                        member.locate(org.skein.xmpp.Jid.of("anna@localhost")).now())));
        end.log.add(what);
    }

    private static List<String> names(Set<NodeId> nodes) {
        return nodes.stream().map(NodeId::name).sorted().toList();
    }

    static View view(long epoch, FakeMember... members) {
        List<Member> in = new ArrayList<>();
        for (FakeMember m : members) in.add(new Member(m.member.self(), NodeState.SERVING, 1));
        return new View(epoch, 1, in);
    }

    void install(View next) {
        member.decided(next);
        member.installed(next);
    }

    void permit(boolean now) {
        serving = now;
        member.serving(now);
    }

    @Override
    public NodeId self() {
        return member.self();
    }

    @Override
    public View view() {
        return member.view();
    }

    @Override
    public boolean isServing() {
        return serving;
    }

    @Override
    public void linkChanged(NodeId peer) {
        heard.add("link " + peer.name());
    }

    @Override
    public CompletionStage<Void> state(NodeState state) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<List<Membership.Row>> rows() {
        return CompletableFuture.completedFuture(rows);
    }

    @Override
    public long databaseClockOffsetMillis() {
        return 0;
    }

    @Override
    public CompletionStage<Void> leave() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void holds(NodeId self) {
        heard.add("holds " + self.name());
    }

    @Override
    public void joined() {
        heard.add("joined");
    }

    @Override
    public void over() {
        heard.add("over");
    }

    @Override
    public void refused(String reason, boolean forGood) {
        heard.add("refused " + reason);
    }
}
