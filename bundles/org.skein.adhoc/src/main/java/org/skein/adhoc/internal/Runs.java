package org.skein.adhoc.internal;

import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.skein.adhoc.internal.Answer.Outcome;
import org.skein.adhoc.internal.Answer.Share;
import org.skein.adhoc.internal.Answer.State;
import org.skein.api.command.Action.Call;
import org.skein.api.command.Command.Scope;
import org.skein.api.command.CommandException;
import org.skein.api.command.CommandException.Kind;
import org.skein.api.command.Result;
import org.skein.api.session.Sessions;
import org.skein.cluster.api.Cluster;
import org.skein.cluster.api.Member;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.PeerHandler;
import org.skein.cluster.api.Peers;
import org.skein.xmpp.Jid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs commands on the nodes their scope names, and gathers what they answer. Who may is decided before. On each node a
 * run happens at most once: nothing is asked again of the life of a node that was asked.
 */
@Component(
        service = {Runs.class, PeerHandler.class},
        property = PeerHandler.CHANNEL + "=" + Runs.CHANNEL)
public final class Runs implements PeerHandler {
    static final String CHANNEL = "adhoc";
    private static final Logger log = LoggerFactory.getLogger(Runs.class);

    /** Of a failure. */
    private static final int LONGEST_TEXT = 4096;

    /** From so many bytes on an answer is not read on the lane's thread. */
    private static final int LONG_ANSWER = 16 << 10;

    /** How often, and how long apart, it is looked whether a node that was lost is back. */
    private static final int LOOKS = 10;

    private static final Duration BACK_WITHIN = Duration.ofMillis(200);

    private final Registry registry;
    private final Sessions sessions;
    private final Workers workers;
    private final Turns turns;
    private final Requested<Share> requested = new Requested<>(new Share(
            new Outcome("", State.FAILED, Optional.of(Kind.CONFLICT), "this request was carried out before"),
            Result.text("")));
    private final Runnable stop;

    @Reference(policy = DYNAMIC, policyOption = GREEDY) // exchanged when a lone node becomes a member
    private volatile Cluster cluster;

    @Activate
    public Runs(@Reference Registry registry, @Reference Sessions sessions) {
        this.registry = registry;
        this.sessions = sessions;
        WorkerThreads threads = new WorkerThreads();
        this.workers = new Workers(threads, threads);
        this.turns = new Turns(threads);
        this.stop = threads::close;
    }

    /** For tests. */
    Runs(Registry registry, Sessions sessions, Workers workers, Cluster cluster) {
        this.registry = registry;
        this.sessions = sessions;
        this.workers = workers;
        this.turns = new Turns(workers.delays());
        this.cluster = cluster;
        this.stop = () -> {};
    }

    @Deactivate
    void deactivate() {
        stop.run();
    }

    String self() {
        return cluster.self().name();
    }

    Workers workers() {
        return workers;
    }

    /**
     * Runs a command, and answers how it came out. The stage fails with a {@link CommandException} only if it was run
     * nowhere.
     *
     * @param texts what was filled in
     */
    CompletionStage<Answer> run(Definition command, Map<String, List<String>> texts, Jid by) {
        return run(command, texts, by, new Cancelling());
    }

    /** The same; when it is cancelled, the answer is there at once, with what had come until then. */
    CompletionStage<Answer> run(Definition command, Map<String, List<String>> texts, Jid by, Cancelling cancelling) {
        Record input = command.input(texts);
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        AtomicBoolean isBegun = new AtomicBoolean();
        cancelling.then(() -> {
            if (isBegun.compareAndSet(false, true)) answer.complete(cancelled(command)); // it waits for its turn
        });
        int turns = command.about().scope() == Scope.ALL ? cluster.view().ids().size() : 1;
        CompletionStage<Answer> run = this.turns.begin(
                turns,
                () -> isBegun.compareAndSet(false, true)
                        ? run(command, input, texts, by, cancelling)
                        : done(cancelled(command)),
                () -> notRun(
                        command,
                        new CommandException(Kind.UNAVAILABLE, "too many commands are under way on this node")));
        run.whenComplete((value, failure) -> {
            if (failure == null) answer.complete(value);
            else answer.completeExceptionally(failure);
        });
        return answer;
    }

    private Answer cancelled(Definition command) {
        return Answer.of(failed(command, new CancellationException()));
    }

    private CompletionStage<Answer> run(
            Definition command, Record input, Map<String, List<String>> texts, Jid by, Cancelling cancelling) {
        if (command.isEverywhere()) {
            return cancelling.tooLate() ? byItself(command, input, by) : done(cancelled(command));
        }
        if (!command.hasCheck() && command.about().scope() != Scope.NODE_OF_USER) { // none of its code is called yet
            return targets(command, Optional.empty())
                    .thenCompose(nodes -> everywhere(command, input, texts, by, nodes, cancelling));
        }
        CompletableFuture<Optional<Jid>> checked = workers.call(command, command.deadline(), () -> {
            command.check(input);
            Optional<Jid> user = command.about().scope() == Scope.NODE_OF_USER ? command.user(input) : Optional.empty();
            return CompletableFuture.completedFuture(user);
        });
        cancelling.then(() -> checked.cancel(true));
        return checked.handle((user, failure) -> failure == null
                        ? targets(command, user)
                                .thenCompose(nodes -> everywhere(command, input, texts, by, nodes, cancelling))
                        : notRun(command, failure))
                .thenCompose(answer -> answer);
    }

    private CompletionStage<Answer> byItself(Definition command, Record input, Jid by) {
        return workers.call(command, command.deadline(), () -> {
                    command.check(input);
                    return command.everywhere(input, new Call(by, self(), true));
                })
                .exceptionally(failure -> Answer.of(failed(command, cause(failure))));
    }

    private CompletionStage<Answer> notRun(Definition command, Throwable failure) {
        return CompletableFuture.completedFuture(Answer.of(failed(command, cause(failure))));
    }

    private CompletionStage<List<NodeId>> targets(Definition command, Optional<Jid> user) {
        Cluster now = cluster;
        NodeId self = now.self();
        if (command.about().scope() == Scope.ALL) {
            TreeSet<NodeId> all = new TreeSet<>(now.view().ids());
            all.add(self);
            return done(List.copyOf(all));
        }
        if (user.isEmpty()) return done(List.of(self));
        Jid account = user.get().bare();
        boolean isHere = sessions.account(account).isPresent();
        CompletableFuture<List<NodeId>> found = new CompletableFuture<>();
        now.locate(account)
                .then(found::complete, failure -> found.complete(now.view().ids()));
        return found.thenApply(others -> {
            TreeSet<NodeId> all = new TreeSet<>(others);
            if (isHere || all.isEmpty()) all.add(self); // nobody has a session: the command says what that means
            return List.copyOf(all);
        });
    }

    private static <T> CompletionStage<T> done(T value) {
        return CompletableFuture.completedFuture(value);
    }

    private CompletionStage<Answer> everywhere(
            Definition command,
            Record input,
            Map<String, List<String>> texts,
            Jid by,
            List<NodeId> nodes,
            Cancelling cancelling) {
        Cluster now = cluster;
        List<CompletableFuture<Share>> shares = new ArrayList<>();
        for (NodeId node : nodes) {
            CompletionStage<Share> share = node.equals(now.self())
                    ? here(command, new Call(by, node.name(), true), call -> command.run(input, call), cancelling)
                    : there(now, node, command, new Asking(command.name(), by, texts), cancelling);
            shares.add(share.toCompletableFuture());
        }
        return CompletableFuture.allOf(shares.toArray(CompletableFuture<?>[]::new))
                .thenApply(all -> together(
                        command,
                        input,
                        shares.stream().map(CompletableFuture::join).toList()));
    }

    /** What the nodes did is done, whatever the command makes of it. */
    private Answer together(Definition command, Record input, List<Share> shares) {
        Answer answer = Answer.of(command.about(), shares);
        if (!answer.isDone()) return answer;
        try {
            return answer.with(command.merged(input, answer.result()));
        } catch (CommandException e) {
            throw e;
        } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
            log.error("what=command_failed command={} step=merged", command, e);
            return answer.and(new Outcome(
                    self(),
                    State.FAILED,
                    Optional.empty(),
                    "what came of it is not put together; the log of " + self() + " has more"));
        }
    }

    // on this node

    private CompletionStage<Share> here(
            Definition command, Call call, Function<Call, CompletionStage<Result>> code, Cancelling cancelling) {
        CompletableFuture<Result> running = workers.call(command, command.deadline(), () -> code.apply(call));
        cancelling.then(() -> running.cancel(true));
        return running.handle((result, failure) -> failure == null
                ? new Share(new Outcome(call.node(), State.OK, Optional.empty(), ""), result)
                : share(failed(command, cause(failure))));
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    private Outcome failed(Definition command, Throwable failure) {
        if (failure instanceof CommandException refused) {
            return new Outcome(
                    self(), State.FAILED, Optional.of(refused.kind()), cut(String.valueOf(refused.getMessage())));
        }
        if (failure instanceof TimeoutException) {
            return new Outcome(self(), State.TIMED_OUT, Optional.empty(), failure.getMessage());
        }
        if (failure instanceof CancellationException) {
            return new Outcome(self(), State.CANCELLED, Optional.empty(), "");
        }
        log.error("what=command_failed command={}", command, failure);
        return new Outcome(
                self(), State.FAILED, Optional.empty(), "internal error; the log of " + self() + " has more");
    }

    private static String cut(String text) {
        return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "…";
    }

    private static Share share(Outcome outcome) {
        return new Share(outcome, Result.text(""));
    }

    // on another

    /** What a node is asked; a new request each time, of which the last can be taken back. */
    private static final class Asking implements Supplier<byte[]> {
        private final String command;
        private final Jid by;
        private final Map<String, List<String>> texts;
        private volatile UUID last;

        private Asking(String command, Jid by, Map<String, List<String>> texts) {
            this.command = command;
            this.by = by;
            this.texts = texts;
        }

        @Override
        public byte[] get() {
            last = UUID.randomUUID();
            return new RunRequest(last, command, by, texts).toBytes();
        }
    }

    private CompletionStage<Share> there(
            Cluster now, NodeId node, Definition command, Asking request, Cancelling cancelling) {
        CompletableFuture<Share> share = new CompletableFuture<>();
        asked(now, node, command, request, cancelling).whenComplete((answered, failure) -> {
            if (failure == null) share.complete(answered);
            else share.completeExceptionally(failure);
        });
        cancelling.then(() -> {
            if (!share.complete(share(outcome(node, State.CANCELLED, ""))) || request.last == null) return;
            // in order with the request, on the same lane
            byte[] id = new Packer(1)
                    .number(request.last.getMostSignificantBits())
                    .number(request.last.getLeastSignificantBits())
                    .toBytes();
            cluster.peers().send(node, Peers.lane(CHANNEL), CHANNEL, id);
        });
        return share;
    }

    private CompletionStage<Share> asked(
            Cluster now, NodeId node, Definition command, Supplier<byte[]> request, Cancelling cancelling) {
        if (!now.view().contains(node)) {
            return done(share(outcome(node, State.UNREACHABLE, "is no member; it was not asked")));
        }
        long asked = System.nanoTime();
        return now.peers()
                .call(node, CHANNEL, request.get(), command.deadline())
                .thenCompose(reply -> again(node, command, request, reply, cancelling, LOOKS))
                .thenCompose(reply -> {
                    log.debug(
                            "what=command_answered command={} node={} outcome={} took_ms={}",
                            command,
                            node,
                            reply.result(),
                            TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - asked));
                    return reply.payload().length < LONG_ANSWER
                            ? done(share(node, command, reply))
                            : CompletableFuture.supplyAsync(() -> share(node, command, reply), workers::aside);
                });
    }

    /** What may be done twice is asked again of a node that was lost in the middle, if it is back soon. */
    private CompletionStage<Peers.Reply> again(
            NodeId node,
            Definition command,
            Supplier<byte[]> request,
            Peers.Reply reply,
            Cancelling cancelling,
            int looks) {
        boolean isLost = reply.result() == Peers.Result.LEFT && !cancelling.isCancelled();
        if (!isLost || !command.about().idempotent()) return done(reply);
        Cluster now = cluster;
        Optional<Member> back = now.view().member(node.name()).filter(m -> !m.id().equals(node));
        if (back.isPresent()) return now.peers().call(back.get().id(), CHANNEL, request.get(), command.deadline());
        if (looks == 0) return done(reply);
        CompletableFuture<Peers.Reply> later = new CompletableFuture<>();
        workers.delays()
                .schedule(
                        () -> again(node, command, request, reply, cancelling, looks - 1)
                                .thenAccept(later::complete),
                        BACK_WITHIN);
        return later;
    }

    private static Share share(NodeId node, Definition command, Peers.Reply reply) {
        return switch (reply.result()) {
            case ANSWERED -> read(node, reply.payload());
            case FAILED -> share(outcome(node, State.FAILED, reply.error()));
            case TIMEOUT ->
                share(outcome(
                        node,
                        State.TIMED_OUT,
                        "no answer within " + command.about().deadlineSeconds() + " s"));
            case LEFT -> share(outcome(node, State.LEFT, "it left the cluster before it answered"));
        };
    }

    private static Outcome outcome(NodeId node, State state, String text) {
        return new Outcome(node.name(), state, Optional.empty(), text);
    }

    private static Share read(NodeId node, byte[] payload) {
        try {
            return RunReply.of(node.name(), payload);
        } catch (java.io.IOException e) {
            log.warn("what=command_answer_unreadable node={} reason=\"{}\"", node, e.getMessage());
            return share(outcome(node, State.FAILED, "its answer cannot be read"));
        }
    }

    // asked by another

    @Override
    public CompletionStage<byte[]> called(NodeId from, byte[] bytes) {
        RunRequest request;
        try {
            request = RunRequest.of(bytes);
        } catch (java.io.IOException e) {
            return CompletableFuture.failedFuture(new IllegalArgumentException("no request: " + e.getMessage(), e));
        }
        return requested
                .once(from, request.id(), cancelling -> asked(request, cancelling))
                .thenApply(RunReply::toBytes);
    }

    /** A request is taken back. */
    @Override
    public void received(NodeId from, int lane, byte[] payload) {
        try {
            Unpacker id = new Unpacker(payload, 1);
            requested.cancel(from, new UUID(id.number(), id.number()));
        } catch (java.io.IOException e) {
            log.warn("what=command_cancel_unreadable node={} reason=\"{}\"", from, e.getMessage());
        }
    }

    private CompletionStage<Share> asked(RunRequest request, Cancelling cancelling) {
        Optional<Definition> found = registry.named(request.name());
        if (found.isEmpty()) {
            return done(share(new Outcome(self(), State.NO_SUCH_COMMAND, Optional.empty(), "")));
        }
        Definition command = found.get();
        return here(
                command,
                new Call(request.by(), self(), false),
                call -> command.run(command.input(request.fields()), call),
                cancelling);
    }
}
