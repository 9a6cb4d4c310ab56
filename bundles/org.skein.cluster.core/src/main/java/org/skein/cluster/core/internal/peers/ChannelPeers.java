package org.skein.cluster.core.internal.peers;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.PeerHandler;
import org.skein.cluster.api.Peers;
import org.skein.cluster.api.transport.Endpoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Many channels and requests over the lanes of one {@link Endpoint}. Requests and answers of a channel take the lane of
 * its name, so those of one channel stay in order.
 */
public final class ChannelPeers implements Peers {
    private static final Logger log = LoggerFactory.getLogger(ChannelPeers.class);
    private static final byte[] NOTHING = {};

    /** Who is in, as installed here; never null. */
    public interface Members {
        NodeId self();

        /** The other members. */
        List<NodeId> others();

        boolean contains(NodeId id);
    }

    private final Members members;
    private final PeerHandlers handlers;
    private final ScheduledExecutorService timer;
    private final PeerCounters counters;
    private final AtomicLong requests = new AtomicLong();
    private final Map<Long, Call> calls = new ConcurrentHashMap<>();
    private volatile Endpoint endpoint; // null until open and after the end

    private static final class Call {
        private final NodeId to;
        private final CompletableFuture<Reply> answer = new CompletableFuture<>();
        private volatile Future<?> deadline;

        private Call(NodeId to) {
            this.to = to;
        }
    }

    public ChannelPeers(Members members, PeerHandlers handlers, ScheduledExecutorService timer, PeerCounters counters) {
        this.members = members;
        this.handlers = handlers;
        this.timer = timer;
        this.counters = counters;
    }

    public void open(Endpoint endpoint) {
        this.endpoint = endpoint;
    }

    /** What nodes that left had not answered is answered {@link Result#LEFT}. */
    public void left(Set<NodeId> nodes) {
        calls.forEach((request, call) -> {
            if (nodes.contains(call.to)) finish(request, failure(Result.LEFT, call.to.name() + " left the cluster"));
        });
    }

    /** Nothing is sent any more. */
    public void close() {
        endpoint = null;
        calls.forEach((request, call) -> finish(request, failure(Result.LEFT, "this node left the cluster")));
    }

    /** A message of a member; on the lane's thread. */
    public void received(NodeId from, int lane, byte[] message) {
        PeerFrame frame = PeerFrame.parse(message).orElse(null);
        if (frame == null) {
            counters.garbage().increment();
            log.debug("what=peer_message_unknown from={} bytes={}", from, message.length);
            return;
        }
        switch (frame.kind()) {
            case SEND -> handle(from, lane, frame);
            case CALL -> answer(from, lane, frame);
            case ANSWER -> finish(frame.request(), new Reply(Result.ANSWERED, frame.payload(), ""));
            case FAILURE -> finish(frame.request(), failure(Result.FAILED, frame.text()));
        }
    }

    private void handle(NodeId from, int lane, PeerFrame frame) {
        PeerHandler handler = handlers.get(frame.channel());
        if (handler == null) {
            counters.unheard().increment();
            log.debug("what=peer_message_unheard from={} channel={}", from, frame.channel());
            return;
        }
        try {
            handler.received(from, lane, frame.payload());
        } catch (RuntimeException | LinkageError e) {
            counters.handlerFailures().increment();
            log.warn("what=peer_handler_failed channel={} from={}", frame.channel(), from, e);
        }
    }

    private void answer(NodeId from, int lane, PeerFrame frame) {
        PeerHandler handler = handlers.get(frame.channel());
        if (handler == null) {
            counters.unheard().increment();
            transmit(from, lane, PeerFrame.failure(frame.request(), "nobody there hears channel " + frame.channel()));
            return;
        }
        CompletionStage<byte[]> answer;
        try {
            answer = handler.called(from, frame.payload());
            if (answer == null) answer = failed("the handler answered null");
        } catch (RuntimeException | LinkageError e) {
            counters.handlerFailures().increment();
            log.warn("what=peer_handler_failed channel={} from={}", frame.channel(), from, e);
            answer = CompletableFuture.failedFuture(e);
        }
        answer.whenComplete((bytes, failure) -> {
            boolean failed = failure != null || bytes == null;
            try {
                transmit(
                        from,
                        lane,
                        failed
                                ? PeerFrame.failure(frame.request(), describe(failure))
                                : PeerFrame.answer(frame.request(), bytes));
            } catch (IllegalArgumentException tooLarge) {
                transmit(from, lane, PeerFrame.failure(frame.request(), tooLarge.getMessage()));
            } catch (IllegalStateException full) { // the caller hears of it at its deadline
                log.warn("what=peer_answer_not_sent channel={} to={}", frame.channel(), from, full);
            }
        });
    }

    private static CompletionStage<byte[]> failed(String reason) {
        return CompletableFuture.failedFuture(new IllegalStateException(reason));
    }

    private static String describe(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause == null) return "the handler answered null";
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    private void finish(long request, Reply reply) {
        Call call = calls.remove(request);
        if (call == null) return; // answered too late
        Future<?> deadline = call.deadline;
        if (deadline != null) deadline.cancel(false);
        call.answer.complete(reply);
    }

    private boolean transmit(NodeId to, int lane, byte[] message) {
        Endpoint open = endpoint;
        if (open == null || !members.contains(to) || to.equals(members.self())) {
            counters.notMember().increment();
            return false;
        }
        open.send(to, lane, message);
        return true;
    }

    private static Reply failure(Result result, String error) {
        return new Reply(result, NOTHING, error);
    }

    @Override
    public void send(NodeId to, int lane, String channel, byte[] payload) {
        if (lane < 0 || lane >= LANES) throw new IllegalArgumentException("lane " + lane);
        transmit(to, lane, PeerFrame.send(channel, payload));
    }

    @Override
    public boolean isWritable(NodeId to, int lane) {
        Endpoint open = endpoint;
        return open == null || open.isWritable(to, lane);
    }

    @Override
    public void whenWritable(NodeId to, int lane, Runnable task) {
        Endpoint open = endpoint;
        if (open == null) task.run();
        else open.whenWritable(to, lane, task);
    }

    @Override
    public void execute(NodeId node, int lane, Runnable task) {
        Endpoint open = endpoint;
        if (open == null) task.run();
        else open.execute(node, lane, task);
    }

    @Override
    public CompletionStage<Reply> call(NodeId to, String channel, byte[] request, Duration deadline) {
        long number = requests.incrementAndGet();
        Call call = new Call(to);
        calls.put(number, call); // before the look at the members: who leaves from now on is noticed
        try {
            call.deadline = timer.schedule(() -> expire(number, deadline), deadline.toNanos(), TimeUnit.NANOSECONDS);
            if (!transmit(to, Peers.lane(channel), PeerFrame.call(number, channel, request))) {
                finish(number, failure(Result.LEFT, to.name() + " is no member"));
            }
        } catch (RejectedExecutionException e) {
            finish(number, failure(Result.LEFT, "this node is stopping"));
        } catch (IllegalArgumentException e) {
            finish(number, failure(Result.FAILED, e.getMessage()));
        } catch (IllegalStateException full) { // not FAILED, which is an answer of that node
            finish(number, failure(Result.TIMEOUT, full.getMessage()));
        }
        return call.answer;
    }

    private void expire(long request, Duration deadline) {
        if (calls.containsKey(request)) {
            counters.timeouts().increment();
            finish(request, failure(Result.TIMEOUT, "no answer within " + deadline.toMillis() + " ms"));
        }
    }

    @Override
    public CompletionStage<Map<NodeId, Reply>> gather(String channel, byte[] request, Duration deadline) {
        List<NodeId> others = members.others();
        if (others.isEmpty()) return CompletableFuture.completedFuture(Map.of());
        Map<NodeId, Reply> replies = new TreeMap<>();
        CompletableFuture<Map<NodeId, Reply>> all = new CompletableFuture<>();
        for (NodeId to : others) {
            call(to, channel, request, deadline).thenAccept(reply -> {
                boolean complete;
                synchronized (replies) {
                    replies.put(to, reply);
                    complete = replies.size() == others.size();
                }
                if (complete) all.complete(replies);
            });
        }
        return all;
    }
}
