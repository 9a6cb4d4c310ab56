package org.skein.session.internal;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.skein.api.component.DeliveryListener;
import org.skein.api.component.IqHandler;
import org.skein.api.component.IqRequest;
import org.skein.api.component.Outcome;
import org.skein.api.session.AccountProcessor;
import org.skein.api.session.Verdict;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StanzaError.Condition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The rules of RFC 6121 §8.5 for what is addressed to an account here. */
final class Deliverer implements Gates.Exit {
    private static final Logger log = LoggerFactory.getLogger(Deliverer.class);

    private final ServerNode node;

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
        node.refuse(stanza, listener, Condition.RESOURCE_CONSTRAINT.error("too much waits for this account"));
    }

    @Override
    public void pass(Stanza stanza, DeliveryListener listener) {
        Jid account = bareTo(stanza);
        if (node.registry.online(account) == null) {
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
        process(node.chains.account(stanza), 0, stanza, listener, account);
    }

    private void askFirst(Stanza stanza, DeliveryListener listener, Jid account) {
        Gates.Gate gate = node.gates.hold(account);
        CompletionStage<Boolean> answer;
        try {
            answer = node.delays.limited(node.known.ask(account));
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        answer.whenComplete((exists, failure) -> gate.release(() -> {
            if (failure != null) {
                node.refuse(stanza, listener, Condition.RESOURCE_CONSTRAINT.error("the database does not answer"));
            } else if (!exists) {
                noSuchUser(stanza, listener);
            } else {
                process(node.chains.account(stanza), 0, stanza, listener, account);
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

    private void process(AccountProcessor[] chain, int from, Stanza stanza, DeliveryListener listener, Jid account) {
        Stanza current = stanza;
        for (int i = from; i < chain.length; i++) {
            Verdict verdict;
            try {
                verdict = chain[i].toAccount(account, current);
            } catch (RuntimeException | LinkageError e) {
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
                    await(chain, i, current, listener, account, after.later());
                    return;
                }
            }
            current = apply(verdict, current, listener);
            if (current == null) return;
        }
        choose(current, listener, account);
    }

    private void await(
            AccountProcessor[] chain,
            int i,
            Stanza stanza,
            DeliveryListener listener,
            Jid account,
            CompletionStage<Verdict> later) {
        Gates.Gate gate = node.gates.hold(account);
        later.whenComplete((verdict, failure) -> gate.release(() -> {
            if (failure != null) {
                failed(chain[i], stanza, listener, failure);
            } else {
                Stanza next = apply(verdict, stanza, listener);
                if (next != null) process(chain, i + 1, next, listener, account);
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

    private void failed(AccountProcessor processor, Stanza stanza, DeliveryListener listener, Throwable failure) {
        node.counters.processorErrors().increment();
        log.warn("what=account_processor_failed class={}", processor.getClass().getName(), failure);
        node.refuse(stanza, listener, Failures.error(failure));
    }

    private void choose(Stanza stanza, DeliveryListener listener, Jid account) {
        Jid to = stanza.to().orElseThrow();
        switch (stanza.kind()) {
            case MESSAGE -> message(stanza, listener, to, account);
            case IQ -> iq(stanza, listener, to, account);
            case PRESENCE -> presence(stanza, listener, to, account);
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
            match.deliver(new Out(match, stanza, DeliveryListener.NONE));
            listener.outcome(Outcome.DELIVERED);
            return;
        }
        String type = stanza.type();
        if (type.equals("groupchat")) {
            node.refuse(stanza, listener, Condition.SERVICE_UNAVAILABLE.error());
        } else if (type.equals("error") || type.equals("headline") && to.isFull()) {
            node.drop(listener);
        } else if (toAccepting(stanza, account)) {
            listener.outcome(Outcome.DELIVERED);
        } else if (!type.equals("headline") && MessageRules.hasBody(stanza)) {
            node.refuse(stanza, listener, Condition.SERVICE_UNAVAILABLE.error()); // no-store, and nobody to give it to
        } else {
            node.drop(listener);
        }
    }

    private boolean toAccepting(Stanza stanza, Jid account) {
        Account online = node.registry.online(account);
        if (online == null) return false;
        boolean any = false;
        for (UserSession s : online.all()) {
            if (s.accepts()) {
                any = true;
                s.deliver(new Out(s, stanza, DeliveryListener.NONE));
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
        } else if (stanza.isRequest()) {
            node.refuse(stanza, listener, Condition.SERVICE_UNAVAILABLE.error()); // RFC 6121 §8.5.3.2.3
        } else {
            node.drop(listener);
        }
    }

    /** What roster and presence processors left to be delivered (RFC 6121 §8.5.2.1.2, §8.5.3). */
    private void presence(Stanza stanza, DeliveryListener listener, Jid to, Jid account) {
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
}
