package org.skein.session.internal;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.skein.cluster.api.NodeId;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StanzaError;

/** A stanza that is safe at hand-over (CLUSTER 2) and asked of several nodes: who takes it, and if nobody does. */
final class Handover implements Forwarded {
    /** Nobody took it. */
    interface Nobody {
        /** @param left a node left before it answered, and may have taken it, or could not be sent it */
        void nobody(boolean left);
    }

    private final Jid account;
    private final Nobody nobody;
    private final AtomicInteger waiting;
    private volatile boolean taken;
    private volatile boolean left;

    Handover(Jid account, int parties, Nobody nobody) {
        this.account = account;
        this.nobody = nobody;
        this.waiting = new AtomicInteger(parties);
    }

    static void forward(
            ServerNode node, List<NodeId> nodes, Stanza stanza, Jid account, Delivery.Step step, Nobody nobody) {
        Handover handover = new Handover(account, nodes.size(), nobody);
        node.forwarding.handover(nodes, handover, node.nextNumber().n(), step, stanza);
    }

    @Override
    public Jid account() {
        return account;
    }

    @Override
    public void answered(NodeId from, Answer answer, StanzaError refusal) {
        if (answer == Answer.LEFT || answer == Answer.REFUSED) left = true;
        else if (answer == Answer.DELIVERED) taken = true;
        if (waiting.decrementAndGet() == 0 && !taken) nobody.nobody(left);
    }

    @Override
    public boolean maybeOffline() {
        return false;
    }

    @Override
    public void whenOver(Runnable task) {
        task.run();
    }
}
