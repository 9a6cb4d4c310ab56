package org.skein.session.internal;

import java.time.Clock;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.skein.api.component.DeliveryListener;
import org.skein.api.component.IqDispatcher;
import org.skein.api.component.Outcome;
import org.skein.api.component.Router;
import org.skein.api.component.VirtualHosts;
import org.skein.api.storage.AccountRepository;
import org.skein.api.storage.MessageNumber;
import org.skein.api.storage.Spool;
import org.skein.cluster.api.Cluster;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StanzaError;

/** What all sessions of this server share. */
final class ServerNode {
    final Router router;
    final IqDispatcher dispatcher;
    final VirtualHosts hosts;
    final Chains chains = new Chains();
    final Published published = new Published(this::cluster);
    final Registry registry = new Registry(chains, published);
    final Clock clock;
    final LongSupplier nanos;
    final Delays delays;
    final KnownAccounts known;
    final DisabledLately disabled;
    final Offline offline;
    final Deliverer deliverer;
    final Gates<Jid> gates;
    final Gates<Flow> flows;
    final Resumables resumables;
    final Forwarding forwarding;
    final Questions questions;
    final Departed departed = new Departed();
    final Binds binds;
    final ClusterPart clusterPart;
    final Moves moves;
    private final Supplier<Cluster> cluster;
    private final Supplier<Spool> spool;
    private final AtomicLong numbers = new AtomicLong();
    private final AtomicLong sessionIds = new AtomicLong();
    volatile Settings settings = Settings.DEFAULT;
    volatile Counters counters = new Counters();
    volatile boolean stopping;

    ServerNode(
            Router router,
            IqDispatcher dispatcher,
            VirtualHosts hosts,
            Supplier<Spool> spool,
            Supplier<AccountRepository> accounts,
            Supplier<Cluster> cluster,
            Clock clock,
            LongSupplier nanos,
            Delays delays) {
        this.router = router;
        this.dispatcher = dispatcher;
        this.hosts = hosts;
        this.spool = spool;
        this.clock = clock;
        this.nanos = nanos;
        this.delays = delays;
        this.cluster = cluster;
        this.known = new KnownAccounts(accounts, nanos);
        this.disabled = new DisabledLately(nanos);
        this.offline = new Offline(this);
        this.deliverer = new Deliverer(this);
        this.gates = new Gates<>(deliverer);
        this.flows = new Gates<>(deliverer.ofFlows());
        this.resumables = new Resumables();
        this.forwarding = new Forwarding(this);
        this.questions = new Questions(this, forwarding);
        questions.answerer(Question.SETTLE, forwarding::settleFor);
        this.binds = new Binds(this);
        this.clusterPart = new ClusterPart(this);
        this.moves = new Moves(this);
    }

    Cluster cluster() {
        return cluster.get();
    }

    Spool spool() {
        return spool.get();
    }

    MessageNumber nextNumber() {
        return new MessageNumber(cluster().self().incarnation(), numbers.incrementAndGet());
    }

    long lastNumber() {
        return numbers.get();
    }

    /** Unique over restarts, for the database. */
    String nextSessionId() {
        return Spool.token(cluster().self().incarnation(), sessionIds.incrementAndGet());
    }

    /** Answers a stanza with an error where that is allowed (RFC 6120 §8.3.1). */
    void refuse(Stanza stanza, StanzaError error) {
        boolean mayBe = switch (stanza.kind()) {
            case IQ -> stanza.isRequest();
            case MESSAGE -> !stanza.isError();
            case PRESENCE -> !stanza.isError() && !stanza.hasType("unavailable");
        };
        if (mayBe && stanza.from().isPresent()) {
            counters.refused().increment();
            router.route(stanza.error(error));
        } else {
            counters.dropped().increment();
        }
    }

    void refuse(Stanza stanza, DeliveryListener listener, StanzaError error) {
        refuse(stanza, error);
        listener.outcome(Outcome.REFUSED);
    }

    void drop(DeliveryListener listener) {
        counters.dropped().increment();
        listener.outcome(Outcome.DELIVERED);
    }
}
