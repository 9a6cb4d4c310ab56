package org.skein.session.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.skein.cluster.api.NodeId;
import org.skein.xmpp.Jid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What session managers ask each other. Questions and answers go the way of all that {@link Forwarding} sends, in order with
 * it. Any thread, where it does not say otherwise.
 */
final class Questions {
    private static final Duration PATIENCE = Duration.ofSeconds(6);
    private static final Logger log = LoggerFactory.getLogger(Questions.class);

    /** Answers a question of another node, on the lane's thread. */
    interface Answerer {
        CompletionStage<byte[]> answer(NodeId from, Bytes.Reader question);
    }

    private final ServerNode node;
    private final Forwarding forwarding;
    private final AtomicLong numbers = new AtomicLong();
    private final Answerer[] answerers = new Answerer[Question.COUNT];

    Questions(ServerNode node, Forwarding forwarding) {
        this.node = node;
        this.forwarding = forwarding;
    }

    void answerer(Question question, Answerer answerer) {
        answerers[question.ordinal()] = answerer;
    }

    /** Asks all other nodes; those that left or did not answer in time are not in the answer. Never fails. */
    CompletionStage<Map<NodeId, byte[]>> askAll(Question question, byte[] body) {
        return ask(forwarding.others(), question, body);
    }

    /** @param answered told of each node as it answers, on the lane's thread */
    CompletionStage<Map<NodeId, byte[]>> askAll(Question question, byte[] body, Consumer<NodeId> answered) {
        return ask(forwarding.others(), question, body, answered);
    }

    CompletionStage<Map<NodeId, byte[]>> ask(Collection<NodeId> nodes, Question question, byte[] body) {
        return ask(nodes, question, body, id -> {});
    }

    private CompletionStage<Map<NodeId, byte[]>> ask(
            Collection<NodeId> nodes, Question question, byte[] body, Consumer<NodeId> answered) {
        Map<NodeId, byte[]> answers = new ConcurrentHashMap<>();
        List<CompletableFuture<?>> all = new ArrayList<>();
        for (NodeId to : nodes) {
            all.add(ask(to, question, body, true)
                    .thenAccept(answer -> answer.ifPresent(a -> {
                        answered.accept(to);
                        answers.put(to, a);
                    }))
                    .toCompletableFuture());
        }
        return CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0])).thenApply(done -> answers);
    }

    /**
     * Asks one node until it answers or leaves: for what must not be done by halves.
     *
     * @return empty if it left. Never fails
     */
    CompletionStage<Optional<byte[]>> askPatiently(NodeId to, Question question, byte[] body) {
        return ask(to, question, body, false);
    }

    private CompletionStage<Optional<byte[]>> ask(NodeId to, Question question, byte[] body, boolean limited) {
        Peer peer = forwarding.peer(to);
        if (peer == null) return CompletableFuture.completedFuture(Optional.empty());
        peer.answers.send();
        long id = numbers.incrementAndGet();
        CompletableFuture<Optional<byte[]>> answer = new CompletableFuture<>();
        peer.asked.put(id, answer);
        AutoCloseable timeout = !limited
                ? null
                : node.delays.schedule(
                        () -> {
                            if (answer.complete(Optional.empty()))
                                log.warn("what=node_silent node={} question={}", to, question);
                        },
                        PATIENCE);
        answer.whenComplete((a, failure) -> {
            Delays.cancel(timeout);
            peer.asked.remove(id);
        });
        peer.out.send(new Bytes.Writer(Forwarding.ASK, 32 + body.length)
                .number(id)
                .octet(question.ordinal())
                .bytes(body)
                .done());
        if (peer.out.isGone()) answer.complete(Optional.empty());
        return answer;
    }

    // ---- receiving; on the lane's thread

    void asked(Peer peer, Bytes.Reader in) {
        long id = in.number();
        Question question = Question.of(in.octet());
        byte[] asked = in.bytes();
        Jid comes = question == Question.BIND ? Binds.comes(new Bytes.Reader(asked)) : null;
        if (comes != null) forwarding.comes(comes);
        CompletionStage<byte[]> answer;
        try {
            answer = answerers[question.ordinal()].answer(peer.id, new Bytes.Reader(asked));
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        answer.whenComplete((bytes, failure) -> {
            if (failure != null) log.warn("what=question_failed node={} question={}", peer.id, question, failure);
            byte[] body = failure == null ? bytes : new byte[0];
            peer.answers.send(); // what was decided before is told before
            peer.out.send(new Bytes.Writer(Forwarding.REPLY, 16 + body.length)
                    .number(id)
                    .bytes(body)
                    .done());
            if (comes != null) forwarding.mayBeThere(comes);
        });
    }

    void replied(Peer peer, Bytes.Reader in) {
        CompletableFuture<Optional<byte[]>> answer = peer.asked.remove(in.number());
        if (answer != null) answer.complete(Optional.of(in.bytes()));
    }

    /** It has left. */
    void abandon(Peer peer) {
        peer.asked.values().forEach(f -> f.complete(Optional.empty()));
    }
}
