package org.skein.session.internal;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.skein.api.session.ClientStream;
import org.skein.cluster.api.NodeId;
import org.skein.xmpp.Jid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stream resumed at another node than it was lost at (XEP-0198 §5, CLUSTER 15): the session moves. The new node takes
 * its place first, so that what is sent from then on waits there; then the old one makes safe what it has, hands it over
 * and forgets the session without a word to anybody. What reached both is told apart by its number.
 */
final class Moves {
    private static final int LOOK = 0;
    private static final int HAND_OVER = 1;
    private static final int OVER = 2; // an answer: it has ended there
    private static final byte[] NO = {};
    private static final Logger log = LoggerFactory.getLogger(Moves.class);

    private final ServerNode node;

    Moves(ServerNode node) {
        this.node = node;
        node.questions.answerer(Question.MOVE, this::asked);
    }

    /** A resume that found no session here. Event loop of the stream. */
    void resume(String id, Jid account, int h, ClientHandler handler, ClientStream stream, Runnable notFound) {
        byte[] question = new Bytes.Writer(LOOK, 64).text(id).jid(account).done();
        node.questions
                .askAll(Question.MOVE, question)
                .thenAccept(answers -> stream.execute(() -> {
                    for (Map.Entry<NodeId, byte[]> answer : answers.entrySet()) {
                        if (answer.getValue().length == 0) continue;
                        Bytes.Reader in = new Bytes.Reader(answer.getValue());
                        if (in.octet() == OVER) {
                            node.resumables.ended(id, account, (int) in.number());
                            continue;
                        }
                        take(id, in.jid(), in.number(), answer.getKey(), h, handler, stream, notFound);
                        return;
                    }
                    notFound.run();
                }));
    }

    private void take(
            String id,
            Jid full,
            long login,
            NodeId from,
            int h,
            ClientHandler handler,
            ClientStream stream,
            Runnable notFound) {
        Account account = node.registry.enter(full.bare());
        Binds.Pending pending = node.binds.begin(account, full, login + 1);
        node.binds
                .move(pending)
                .thenCompose(told -> node.delays.limited(account.load(node.chains.states())))
                .whenComplete((done, failure) -> stream.execute(() -> {
                    UserSession fresh = new UserSession(node, account, full, stream, pending.login());
                    if (failure != null
                            || node.stopping
                            || handler.isClosed()
                            || !node.registry.add(fresh, 0).done()) {
                        node.registry.leave(account);
                        pending.done(false);
                        notFound.run();
                        return;
                    }
                    byte[] question = new Bytes.Writer(HAND_OVER, 64)
                            .text(id)
                            .jid(full.bare())
                            .text(fresh.id())
                            .done();
                    node.questions
                            .askPatiently(from, Question.MOVE, question)
                            .thenAccept(state -> stream.execute(() -> {
                                byte[] bytes = state.orElse(NO);
                                if (bytes.length == 0) {
                                    fresh.abandonMove();
                                    pending.done(false);
                                    notFound.run();
                                    return;
                                }
                                log.debug("what=session_moved jid={} from={} id={}", full, from, fresh.id());
                                fresh.adopt(id, new Bytes.Reader(bytes));
                                // What was given back there comes again, and is here when its origins have echoed.
                                node.questions
                                        .askAll(Question.ECHO, NO)
                                        .thenAccept(all -> stream.execute(() -> {
                                            pending.done(true);
                                            fresh.resumedHere(handler, stream, h, notFound);
                                        }));
                            }));
                }));
    }

    private CompletionStage<byte[]> asked(NodeId from, Bytes.Reader in) {
        int step = in.octet();
        String id = in.text();
        Jid account = in.jid();
        UserSession session = node.resumables.find(id, account);
        Resumables.Ended ended = session == null ? node.resumables.ended(id, account) : null;
        if (ended != null && step == LOOK) {
            return CompletableFuture.completedFuture(new Bytes.Writer(OVER, 16)
                    .number(ended.handled() & 0xFFFFFFFFL)
                    .done());
        }
        if (session == null || node.stopping) return CompletableFuture.completedFuture(NO);
        if (step == LOOK) {
            CompletableFuture<byte[]> here = new CompletableFuture<>();
            session.quieten(quiet -> here.complete(
                    !quiet
                            ? NO
                            : new Bytes.Writer(LOOK, 64)
                                    .jid(session.jid())
                                    .number(session.login())
                                    .done()));
            return here;
        }
        CompletableFuture<byte[]> state = new CompletableFuture<>();
        String newId = in.text();
        // Behind what waits here for the account: it is the session's, or given back to its origins before they echo.
        Runnable handOver = () -> session.handOver(newId, state);
        if (!node.gates.holds(account, null, handOver, () -> state.complete(NO))) handOver.run();
        // Whose message was given back knows before the new node goes on.
        return state.thenCompose(
                bytes -> node.questions.askAll(Question.ECHO, NO).thenApply(all -> bytes));
    }
}
