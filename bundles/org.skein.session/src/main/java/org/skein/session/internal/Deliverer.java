package org.skein.session.internal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.skein.api.component.DeliveryListener;
import org.skein.api.component.IqHandler;
import org.skein.api.component.IqRequest;
import org.skein.api.component.Outcome;
import org.skein.api.session.AccountProcessor;
import org.skein.api.session.RemotePresenceListener;
import org.skein.api.session.Verdict;
import org.skein.cluster.api.NodeId;
import org.skein.session.internal.Delivery.Step;
import org.skein.session.internal.Forwarded.Answer;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StanzaError;
import org.skein.xmpp.StanzaError.Condition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rules of RFC 6121 §8.5 for what is addressed to an account of ours. Messages, iqs and subscriptions are processed
 * once, at the node of their sender, then given to sessions here and to the other nodes that may hold some; presence is
 * processed where the sessions are.
 */
final class Deliverer implements Gates.Exit {
    private static final Logger log = LoggerFactory.getLogger(Deliverer.class);

    /**
     * Where a stanza of another node comes from.
     *
     * @param number 0 if nobody waits for an answer
     * @param full it is to be tried at its full address
     */
    record Origin(NodeId node, long number, boolean full) {}

    static final Condition TOO_MUCH = Condition.RESOURCE_CONSTRAINT;

    /** What goes on with a stanza that all processors let pass. */
    private interface Next {
        void go(Stanza stanza, DeliveryListener listener, Jid account);
    }

    private final ServerNode node;
    private final ThreadLocal<Boolean> quiet = new ThreadLocal<>();
    private final Next spread = this::spread;
    private final Next here = this::presenceHere;

    Deliverer(ServerNode node) {
        this.node = node;
    }

    void deliver(Stanza stanza, DeliveryListener listener) {
        if (!node.gates.holds(bareTo(stanza), stanza, listener)) pass(stanza, listener);
    }

    private static Jid bareTo(Stanza stanza) {
        return stanza.to().orElseThrow().bare();
    }

    @Override
    public void overflow(Stanza stanza, DeliveryListener listener) {
        node.refuse(stanza, listener, TOO_MUCH.error("too much waits for this account"));
    }

    /** What leaves the gate of its flow meets that of the account again, which may have closed meanwhile. */
    Gates.Exit ofFlows() {
        return new Gates.Exit() {
            @Override
            public void pass(Stanza stanza, DeliveryListener listener) {
                // An older one may have closed the flow's gate once more when this leaves the account's.
                Runnable again = () -> Deliverer.this.pass(stanza, listener);
                Runnable overflow = () -> overflow(stanza, listener);
                Jid from = stanza.from().orElse(null);
                if (!node.gates.holdsAgain(bareTo(stanza), from, again, overflow)) go(stanza, listener);
            }

            @Override
            public void overflow(Stanza stanza, DeliveryListener listener) {
                Deliverer.this.overflow(stanza, listener);
            }
        };
    }

    /** True for presence that is processed where the sessions are: all but what manages subscriptions. */
    private static boolean isPlainPresence(Stanza stanza) {
        if (!stanza.isPresence()) return false;
        return switch (stanza.type()) {
            case "subscribe", "subscribed", "unsubscribe", "unsubscribed" -> false;
            default -> true;
        };
    }

    @Override
    public void pass(Stanza stanza, DeliveryListener listener) {
        boolean waits = !node.flows.isEmpty() && node.flows.holds(Flow.of(stanza, bareTo(stanza)), stanza, listener);
        if (!waits) go(stanza, listener);
    }

    private void go(Stanza stanza, DeliveryListener listener) {
        Jid account = bareTo(stanza);
        if (isPlainPresence(stanza)) {
            presence(stanza, listener, account);
            return;
        }
        if (node.registry.online(account) == null && !KnownAccounts.isWarmUp(stanza)) {
            Boolean exists = node.known.remembered(account);
            if (exists == null) {
                askFirst(stanza, listener, account);
                return;
            }
            if (!exists) {
                noSuchUser(stanza, listener);
                return;
            }
        }
        process(node.chains.accountOnce(stanza), 0, stanza, listener, account, spread);
    }

    private void askFirst(Stanza stanza, DeliveryListener listener, Jid account) {
        Gates<Jid>.Gate gate = node.gates.hold(account);
        CompletionStage<Boolean> answer;
        try {
            answer = node.delays.limited(node.known.ask(account));
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        answer.whenComplete((exists, failure) -> gate.release(() -> {
            if (failure != null && node.forwarding.isAlone()) {
                node.refuse(stanza, listener, Condition.RESOURCE_CONSTRAINT.error("the database does not answer"));
            } else if (failure == null && !exists) {
                noSuchUser(stanza, listener);
            } else {
                process(node.chains.accountOnce(stanza), 0, stanza, listener, account, spread);
            }
        }));
    }

    /** RFC 6121 §8.5.1. */
    private void noSuchUser(Stanza stanza, DeliveryListener listener) {
        if (stanza.isPresence()) {
            node.drop(listener);
        } else {
            node.refuse(stanza, listener, Condition.SERVICE_UNAVAILABLE.error());
        }
    }

    private void process(
            AccountProcessor[] chain, int from, Stanza stanza, DeliveryListener listener, Jid account, Next next) {
        Stanza current = stanza;
        for (int i = from; i < chain.length; i++) {
            Verdict verdict;
            try {
                verdict = chain[i].toAccount(account, current);
            } catch (RuntimeException | LinkageError e) {
                if (isGone(chain[i], e)) continue;
                failed(chain[i], current, listener, e);
                return;
            }
            if (verdict instanceof Verdict.After after) {
                if (after.later() instanceof CompletableFuture<Verdict> f
                        && f.getClass() == CompletableFuture.class // others may not say whether they are done
                        && f.isDone()
                        && !f.isCompletedExceptionally()) {
                    verdict = f.join();
                } else {
                    await(chain, i, current, listener, account, next, after.later());
                    return;
                }
            }
            current = apply(verdict, current, listener);
            if (current == null) return;
        }
        next.go(current, listener, account);
    }

    private void await(
            AccountProcessor[] chain,
            int i,
            Stanza stanza,
            DeliveryListener listener,
            Jid account,
            Next next,
            CompletionStage<Verdict> later) {
        Gates<Jid>.Gate gate = node.gates.hold(account);
        later.whenComplete((verdict, failure) -> gate.release(() -> {
            if (failure != null && isGone(chain[i], failure)) {
                process(chain, i + 1, stanza, listener, account, next);
            } else if (failure != null) {
                failed(chain[i], stanza, listener, failure);
            } else {
                Stanza changed = apply(verdict, stanza, listener);
                if (changed != null) process(chain, i + 1, changed, listener, account, next);
            }
        }));
    }

    /** The stanza to go on with, or null if it goes no further. */
    private Stanza apply(Verdict verdict, Stanza stanza, DeliveryListener listener) {
        if (verdict instanceof Verdict.Next) return stanza;
        if (verdict instanceof Verdict.Changed changed) return changed.stanza();
        if (verdict instanceof Verdict.Refuse refuse) {
            node.refuse(stanza, listener, refuse.error());
        } else if (verdict instanceof Verdict.Handled) {
            listener.outcome(Outcome.DELIVERED);
        } else {
            node.refuse(stanza, listener, Condition.INTERNAL_SERVER_ERROR.error());
        }
        return null;
    }

    /** True if its bundle was stopped or updated meanwhile, which it may fail of: the stanza goes on without it (P7). */
    private boolean isGone(AccountProcessor processor, Throwable failure) {
        if (node.chains.has(processor)) return false;
        log.debug("what=account_processor_gone class={}", processor.getClass().getName(), failure);
        return true;
    }

    private void failed(AccountProcessor processor, Stanza stanza, DeliveryListener listener, Throwable failure) {
        node.counters.processorErrors().increment();
        log.warn("what=account_processor_failed class={}", processor.getClass().getName(), failure);
        node.refuse(stanza, listener, Failures.error(failure));
    }

    /**
     * What the processors of each node make of a stanza about to be given to sessions here.
     *
     * @return null if it goes no further here
     */
    Stanza processedHere(Stanza stanza, Jid account) {
        Stanza current = stanza;
        for (AccountProcessor processor : node.chains.accountEach(stanza)) {
            try {
                Verdict verdict = processor.toAccount(account, current);
                if (verdict instanceof Verdict.Next) continue;
                if (verdict instanceof Verdict.Changed changed) current = changed.stanza();
                else if (verdict instanceof Verdict.Handled) return null;
                else throw new IllegalStateException("on each node a processor may not answer " + verdict);
            } catch (RuntimeException | LinkageError e) {
                node.counters.processorErrors().increment();
                log.warn(
                        "what=account_processor_failed class={}",
                        processor.getClass().getName(),
                        e);
            }
        }
        return current;
    }

    // ---- from here

    private void spread(Stanza stanza, DeliveryListener listener, Jid account) {
        Jid to = stanza.to().orElseThrow();
        switch (stanza.kind()) {
            case MESSAGE -> message(stanza, listener, to, account);
            case IQ -> iq(stanza, listener, to, account);
            case PRESENCE -> subscription(stanza, listener, account);
        }
    }

    private void message(Stanza stanza, DeliveryListener listener, Jid to, Jid account) {
        UserSession match = to.isFull() ? node.registry.find(to) : null;
        if (MessageRules.isStorable(stanza)) {
            new Delivery(node, stanza, account, listener).start(match);
            return;
        }
        // Safe at hand-over (CLUSTER 2): nothing of it is kept for later.
        if (match != null) {
            Stanza processed = processedHere(stanza, account);
            if (processed != null) match.deliver(new Out(match, processed, DeliveryListener.NONE));
            listener.outcome(Outcome.DELIVERED);
        } else if (node.forwarding.isAlone()) {
            nobodyFull(stanza, listener, to, account, List.of());
        } else {
            node.forwarding.locate(account, nodes -> {
                if (to.isBare() || nodes.isEmpty()) {
                    nobodyFull(stanza, listener, to, account, nodes);
                    return;
                }
                listener.outcome(Outcome.DELIVERED);
                Handover.forward(
                        node,
                        nodes,
                        stanza,
                        account,
                        Step.FULL,
                        left -> nobodyFull(stanza, DeliveryListener.NONE, to, account, nodes));
            });
        }
    }

    /** No session has the full address, if it has one. */
    private void nobodyFull(Stanza stanza, DeliveryListener listener, Jid to, Jid account, List<NodeId> nodes) {
        String type = stanza.type();
        if (type.equals("groupchat")) {
            node.refuse(stanza, listener, Condition.SERVICE_UNAVAILABLE.error());
        } else if (type.equals("error") || type.equals("headline") && to.isFull()) {
            node.drop(listener);
        } else {
            boolean taken = toAccepting(stanza, account);
            if (nodes.isEmpty() && !taken) {
                nobodyBare(stanza, listener);
                return;
            }
            listener.outcome(Outcome.DELIVERED);
            if (taken) node.forwarding.untracked(nodes, stanza, Step.BARE);
            else
                Handover.forward(
                        node, nodes, stanza, account, Step.BARE, left -> nobodyBare(stanza, DeliveryListener.NONE));
        }
    }

    private void nobodyBare(Stanza stanza, DeliveryListener listener) {
        if (!stanza.hasType("headline") && MessageRules.hasBody(stanza)) {
            node.refuse(stanza, listener, Condition.SERVICE_UNAVAILABLE.error()); // no-store, and nobody to give it to
        } else {
            node.drop(listener);
        }
    }

    private boolean toAccepting(Stanza stanza, Jid account) {
        Account online = node.registry.online(account);
        if (online == null) return false;
        Stanza processed = processedHere(stanza, account);
        if (processed == null) return true;
        boolean any = false;
        for (UserSession s : online.all()) {
            if (s.accepts()) {
                any = true;
                s.deliver(new Out(s, processed, DeliveryListener.NONE));
            }
        }
        return any;
    }

    private void iq(Stanza stanza, DeliveryListener listener, Jid to, Jid account) {
        if (to.isBare()) {
            if (stanza.isRequest()) {
                node.dispatcher
                        .dispatch(new IqRequest(stanza, IqHandler.Target.ACCOUNT, account, Optional.empty()))
                        .thenAccept(reply -> {
                            if (reply.to().isPresent()) node.router.route(reply);
                            listener.outcome(Outcome.DELIVERED);
                        });
            } else {
                node.drop(listener);
            }
            return;
        }
        UserSession match = node.registry.find(to);
        if (match != null) {
            match.deliver(new Out(match, stanza, DeliveryListener.NONE));
            listener.outcome(Outcome.DELIVERED);
            return;
        }
        node.forwarding.locate(account, nodes -> {
            if (nodes.isEmpty()) {
                if (stanza.isRequest()) {
                    node.refuse(stanza, listener, Condition.SERVICE_UNAVAILABLE.error()); // RFC 6121 §8.5.3.2.3
                } else {
                    node.drop(listener);
                }
                return;
            }
            listener.outcome(Outcome.DELIVERED);
            if (stanza.isRequest()) {
                // A request a lost node may have answered is never asked again (CLUSTER 21).
                Handover.forward(
                        node,
                        nodes,
                        stanza,
                        account,
                        Step.FULL,
                        left -> node.refuse(
                                stanza,
                                (left ? Condition.RECIPIENT_UNAVAILABLE : Condition.SERVICE_UNAVAILABLE).error()));
            } else {
                node.forwarding.untracked(nodes, stanza, Step.FULL);
            }
        });
    }

    /** A subscription that is to be shown: to each node's sessions as the processors there say. */
    private void subscription(Stanza stanza, DeliveryListener listener, Jid account) {
        processedHere(stanza, account);
        node.forwarding.locate(account, nodes -> {
            node.forwarding.untracked(nodes, stanza, Step.BARE);
            listener.outcome(Outcome.DELIVERED);
        });
    }

    // ---- presence

    private void presence(Stanza stanza, DeliveryListener listener, Jid account) {
        if (quiet.get() != null) {
            toMany(stanza, List.of(stanza.to().orElseThrow()));
            listener.outcome(Outcome.DELIVERED);
            return;
        }
        boolean online = node.registry.online(account) != null;
        if (stanza.hasType("probe")) {
            listener.outcome(Outcome.DELIVERED);
            node.forwarding.locate(account, nodes -> probe(stanza, account, online, nodes));
            return;
        }
        if (online) presenceProcessed(stanza, listener, account);
        else listener.outcome(Outcome.DELIVERED);
        node.forwarding.locate(
                account,
                nodes -> node.forwarding.untracked(
                        nodes, stanza, stanza.to().orElseThrow().isFull() ? Step.FULL : Step.BARE));
    }

    /** RFC 6121 §4.3: each node answers for the sessions it has; if none is available, for the account. */
    private void probe(Stanza probe, Jid account, boolean online, List<NodeId> nodes) {
        Handover handover = new Handover(account, nodes.size() + 1, left -> unanswered(probe, account));
        if (!nodes.isEmpty()) {
            node.forwarding.handover(nodes, handover, node.nextNumber().n(), Step.BARE, probe);
        }
        NodeId self = node.cluster().self();
        if (online) {
            presenceProcessed(probe, o -> handover.answered(self, answer(o), null), account);
        } else {
            handover.answered(self, Answer.ABSENT, null);
        }
    }

    private static Answer answer(Outcome outcome) {
        return outcome == Outcome.ABSENT ? Answer.ABSENT : Answer.DELIVERED;
    }

    private void unanswered(Stanza probe, Jid account) {
        for (AccountProcessor processor : node.chains.account(probe)) {
            try {
                processor.unanswered(account, probe);
            } catch (RuntimeException | LinkageError e) {
                log.warn(
                        "what=account_processor_failed class={}",
                        processor.getClass().getName(),
                        e);
            }
        }
    }

    private void presenceProcessed(Stanza stanza, DeliveryListener listener, Jid account) {
        process(node.chains.account(stanza), 0, stanza, listener, account, here);
    }

    /** What presence processors left to be delivered to sessions here (RFC 6121 §8.5.2.1.2, §8.5.3). */
    private void presenceHere(Stanza stanza, DeliveryListener listener, Jid account) {
        Jid to = stanza.to().orElseThrow();
        if (stanza.hasType("probe")) {
            listener.outcome(Outcome.ABSENT); // no processor had anything to say
            return;
        }
        if (to.isFull()) {
            UserSession match = node.registry.find(to);
            if (match == null) {
                node.drop(listener);
                return;
            }
            match.deliver(new Out(match, stanza, DeliveryListener.NONE));
        } else if (stanza.type().isEmpty() || stanza.hasType("unavailable")) {
            Account online = node.registry.online(account);
            if (online != null) {
                for (UserSession s : online.all()) {
                    if (s.isAvailable()) s.deliver(new Out(s, stanza, DeliveryListener.NONE));
                }
            }
        } else {
            node.drop(listener);
            return;
        }
        listener.outcome(Outcome.DELIVERED);
    }

    /** Presence sent by {@code task} is only told to other nodes, which remember where it is from and show nobody. */
    void quietly(Runnable task) {
        quiet.set(true);
        try {
            task.run();
        } finally {
            quiet.remove();
        }
    }

    /** The same presence to many accounts that may have sessions, here and elsewhere. */
    void toMany(Stanza stanza, Collection<Jid> accounts) {
        if (quiet.get() != null) {
            if (!node.forwarding.isAlone()) node.forwarding.presence(stanza, accounts, true);
            return;
        }
        List<Jid> elsewhere = node.forwarding.isAlone() ? null : new ArrayList<>(accounts.size());
        for (Jid to : accounts) {
            if (isBehind(stanza, to)) continue;
            toManyHere(stanza, to);
            if (elsewhere != null) elsewhere.add(to);
        }
        if (elsewhere != null && !elsewhere.isEmpty()) node.forwarding.presence(stanza, elsewhere, false);
    }

    /** True if it waits, behind what the sender sent before: that may still be held here. */
    private boolean isBehind(Stanza presence, Jid to) {
        Jid from = presence.from().orElse(null);
        return node.gates.holds(to.bare(), from, () -> alone(presence, to), this::dropped) || inFlow(presence, to);
    }

    private boolean inFlow(Stanza presence, Jid to) {
        if (node.flows.isEmpty()) return false;
        Flow flow = Flow.of(presence, to.bare());
        Runnable goOn = () -> {
            if (!node.gates.holdsAgain(to.bare(), flow.from(), () -> alone(presence, to), this::dropped)) {
                toManyHereAndElsewhere(presence, to);
            }
        };
        return node.flows.holds(flow, flow.from(), goOn, this::dropped);
    }

    private void alone(Stanza presence, Jid to) {
        if (!inFlow(presence, to)) toManyHereAndElsewhere(presence, to);
    }

    private void dropped() {
        node.drop(DeliveryListener.NONE);
    }

    private void toManyHereAndElsewhere(Stanza presence, Jid to) {
        toManyHere(presence, to);
        if (!node.forwarding.isAlone()) node.forwarding.presence(presence, List.of(to), false);
    }

    private void toManyHere(Stanza stanza, Jid to) {
        Jid account = to.bare();
        if (node.registry.online(account) == null) return;
        presenceProcessed(stanza.withTo(to), DeliveryListener.NONE, account);
    }

    // ---- from other nodes

    /** A message its origin keeps until it is told what became of it. */
    void arrived(Stanza stanza, Origin origin) {
        Jid account = bareTo(stanza);
        Arrival arrival = new Arrival(node, origin.node(), origin.number(), origin.full(), stanza, account);
        StanzaError full = TOO_MUCH.error("too much waits for this account");
        Runnable overflow = () -> node.forwarding.answer(origin.node(), origin.number(), Answer.REFUSED, full);
        if (!held(stanza, origin, account, arrival::start, overflow)) arrival.start();
    }

    private boolean held(Stanza stanza, Origin origin, Jid account, Runnable goOn, Runnable overflow) {
        return node.gates.holds(
                account, origin.node(), origin.number(), stanza.from().orElse(account), goOn, overflow);
    }

    /** What is safe already. */
    void handedOver(Stanza stanza, Origin origin) {
        Jid account = bareTo(stanza);
        Runnable go = () -> handOver(stanza, origin, account);
        Runnable overflow = () -> {
            node.drop(DeliveryListener.NONE);
            answer(origin, false);
        };
        if (!held(stanza, origin, account, go, overflow)) go.run();
    }

    private void handOver(Stanza stanza, Origin origin, Jid account) {
        if (node.registry.online(account) == null) {
            answer(origin, false);
            return;
        }
        if (isPlainPresence(stanza)) {
            seen(stanza, origin.node(), account);
            presenceProcessed(stanza, o -> answer(origin, o != Outcome.ABSENT), account);
            return;
        }
        if (stanza.isPresence()) {
            processedHere(stanza, account);
            return;
        }
        UserSession match = origin.full() ? node.registry.find(stanza.to().orElseThrow()) : null;
        boolean taken;
        if (match != null) {
            Stanza processed = stanza.isMessage() ? processedHere(stanza, account) : stanza;
            if (processed != null) match.deliver(new Out(match, processed, DeliveryListener.NONE));
            taken = true;
        } else {
            taken = !origin.full() && stanza.isMessage() && toAccepting(stanza, account);
        }
        answer(origin, taken);
    }

    /** Presence known here already, from another node now: shown to nobody. */
    void moved(Stanza presence, Origin origin) {
        Jid account = bareTo(presence);
        Runnable go = () -> {
            if (node.registry.online(account) != null) seen(presence, origin.node(), account);
        };
        if (!held(presence, origin, account, go, () -> node.drop(DeliveryListener.NONE))) go.run();
    }

    /** Presence of another node, shown or not. */
    private void seen(Stanza presence, NodeId from, Jid account) {
        if (presence.hasType("probe") || presence.isError()) return;
        for (RemotePresenceListener l : node.chains.remotePresence()) {
            l.arrived(node.forwarding.token(from), account, presence);
        }
    }

    private void answer(Origin origin, boolean taken) {
        node.forwarding.answer(origin.node(), origin.number(), taken ? Answer.DELIVERED : Answer.ABSENT, null);
    }
}
