package org.skein.cluster.strategy.directory.internal;

import java.time.Duration;
import java.util.List;
import org.skein.cluster.api.Peers;
import org.skein.cluster.api.strategy.ClusteringStrategy.Context;
import org.skein.cluster.strategy.directory.internal.Frames.Outcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends what links have to say, and takes in what is answered. */
final class Sending {
    private static final Logger log = LoggerFactory.getLogger(Sending.class);

    /** Owner and replica together stay well below the second a look-up may take. */
    private static final Duration ASK_WITHIN = Duration.ofMillis(300);

    /** Nothing is lost between members: what takes longer is said once more, to be sure. */
    private static final Duration TELL_WITHIN = Duration.ofSeconds(5);

    private final Context context;
    private final Members members;
    private final LookUps lookUps;
    private final OwnSessions own;
    private final Runnable buried;

    /** @param buried another node takes this life of the directory to be over: so it has to be */
    Sending(Context context, Members members, LookUps lookUps, OwnSessions own, Runnable buried) {
        this.context = context;
        this.members = members;
        this.lookUps = lookUps;
        this.own = own;
        this.buried = buried;
    }

    void send(Peer peer, Link link, Batch batch) {
        long life = link.life();
        if (batch instanceof Batch.Asked a) refused(link, a.refused());
        if (batch instanceof Batch.Changed c) c.unneeded().forEach(waits -> waits.complete(null));
        if (batch.bytes().length == 0) return;
        Duration within = batch instanceof Batch.Asked ? ASK_WITHIN : TELL_WITHIN;
        context.call(peer.id, batch.bytes(), within).thenAccept(reply -> {
            try {
                replied(peer, link, life, batch, reply);
            } catch (RuntimeException e) { // it would be lost in the stage
                log.error("what=directory_failed", e);
                context.failed(e.toString());
            }
        });
    }

    void refused(Link link, List<LookUp> asks) {
        if (!asks.isEmpty()) lookUps.failed(link, asks);
    }

    /** @param life of the other node's directory, when it was sent; 0: not known */
    private void replied(Peer peer, Link link, long life, Batch batch, Peers.Reply reply) {
        switch (reply.result()) {
            case ANSWERED -> answered(peer, link, life, batch, reply.payload());
            case FAILED -> {
                log.debug("what=directory_not_heard node={} error={}", peer.id, reply.error());
                notSaid(link, batch);
                if (life != 0) members.over(peer, link).run();
                else if (batch instanceof Batch.Placed p) members.acknowledged(link, p.placement().number, false);
            }
            case LEFT -> left(link, batch);
            case TIMEOUT -> notSaid(link, batch);
        }
    }

    private void notSaid(Link link, Batch batch) {
        if (batch instanceof Batch.Asked a) refused(link, a.asked());
        else link.again(batch);
    }

    private void left(Link link, Batch batch) {
        if (batch instanceof Batch.Placed p) members.acknowledged(link, p.placement().number, false);
        else if (batch instanceof Batch.Changed c) c.waiting().values().forEach(waits -> waits.complete(null));
        else if (batch instanceof Batch.Asked a) refused(link, a.asked());
    }

    private void answered(Peer peer, Link link, long life, Batch batch, byte[] payload) {
        Frames.Answer answer;
        try {
            answer = Frames.answer(payload);
        } catch (IllegalArgumentException garbage) {
            log.warn("what=directory_answer_refused node={}", peer.id, garbage);
            notSaid(link, batch);
            members.over(peer, link).run();
            return;
        }
        if (life != 0 && answer.life() != life) {
            notSaid(link, batch);
            members.over(peer, link).run(); // of its next life it tells by itself
        } else if (answer.outcome() == Outcome.STRANGER) {
            buried.run();
        } else {
            accept(link, answer, batch);
        }
    }

    private void accept(Link link, Frames.Answer answer, Batch batch) {
        if (batch instanceof Batch.Placed p) {
            members.acknowledged(link, p.placement().number, true);
        } else if (batch instanceof Batch.Told t) {
            Participant seat = link.participant();
            t.held().forEach((account, holding) -> {
                if (!own.confirmed(account, holding, seat, t.by())) link.hold(account, true);
            });
        } else if (batch instanceof Batch.Changed c) {
            c.waiting().values().forEach(waits -> waits.complete(null));
        } else if (batch instanceof Batch.Asked a) {
            lookUps.found(link, a.asked(), answer);
        }
    }
}
