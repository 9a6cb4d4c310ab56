package org.skein.adhoc.internal;

import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.adhoc.internal.Abroad.Found;
import org.skein.api.command.CommandException;
import org.skein.cluster.api.Cluster;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.PeerHandler;
import org.skein.cluster.api.Peers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has what an operator types run by a node that has the command, if this one has not; and does so for others. */
@Component(
        service = {Errands.class, PeerHandler.class},
        property = PeerHandler.CHANNEL + "=" + Errands.CHANNEL)
public final class Errands implements PeerHandler {
    static final String CHANNEL = "adhoc.words";
    private static final Logger log = LoggerFactory.getLogger(Errands.class);

    private final Operator operator;
    private final Abroad abroad;
    private final Requested<Said> requested = new Requested<>(Said.failed("this request was carried out before"));

    @Reference(policy = DYNAMIC, policyOption = GREEDY) // exchanged when a lone node becomes a member
    private volatile Cluster cluster;

    @Activate
    public Errands(@Reference Operator operator, @Reference Abroad abroad) {
        this.operator = operator;
        this.abroad = abroad;
    }

    /** For tests. */
    Errands(Operator operator, Abroad abroad, Cluster cluster) {
        this(operator, abroad);
        this.cluster = cluster;
    }

    Abroad abroad() {
        return abroad;
    }

    /** Blocks. Interrupted it cancels the command, and answers what had come until then. */
    Said run(Found command, List<String> words, boolean json) throws InterruptedException {
        Cancelling cancelling = new Cancelling();
        CompletableFuture<Said> said = start(command, words, json, cancelling);
        return Operator.awaited(said, cancelling, command.command().deadline());
    }

    CompletableFuture<Said> start(Found command, List<String> words, boolean json, Cancelling cancelling) {
        UUID id = UUID.randomUUID();
        Packer request = packed(id).text(command.command().name()).number(json ? 1 : 0);
        NodeId node = command.at();
        Peers peers = cluster.peers();
        CompletionStage<Said> said = peers.call(
                        node,
                        CHANNEL,
                        request.texts(words).toBytes(),
                        Operator.longest(command.command().deadline()))
                .thenApply(reply -> said(node, reply));
        cancelling.then(
                () -> peers.send(node, Peers.lane(CHANNEL), CHANNEL, packed(id).toBytes()));
        return said.toCompletableFuture();
    }

    private static Packer packed(UUID id) {
        return new Packer(1).number(id.getMostSignificantBits()).number(id.getLeastSignificantBits());
    }

    private static Said said(NodeId node, Peers.Reply reply) {
        return switch (reply.result()) {
            case ANSWERED -> read(node, reply.payload());
            case FAILED -> Said.failed(node.name() + ": " + reply.error());
            case TIMEOUT -> Said.failed(node.name() + ": outcome unknown: it does not answer");
            case LEFT -> Said.failed(node.name() + ": outcome unknown: it left the cluster before it answered");
        };
    }

    private static Said read(NodeId node, byte[] payload) {
        try {
            return Said.of(payload);
        } catch (IOException e) {
            log.warn("what=command_answer_unreadable node={} reason=\"{}\"", node, e.getMessage());
            return Said.failed(node.name() + ": its answer cannot be read");
        }
    }

    // for another node

    @Override
    public CompletionStage<byte[]> called(NodeId from, byte[] bytes) {
        try {
            Unpacker request = new Unpacker(bytes, 1);
            UUID id = new UUID(request.number(), request.number());
            String name = request.text();
            boolean json = request.number() == 1;
            List<String> words = request.texts();
            return requested
                    .once(from, id, cancelling -> here(name, words, json, cancelling))
                    .thenApply(Said::toBytes);
        } catch (IOException e) {
            return CompletableFuture.failedFuture(new IllegalArgumentException("no request: " + e.getMessage(), e));
        }
    }

    private CompletionStage<Said> here(String name, List<String> words, boolean json, Cancelling cancelling) {
        Optional<Definition> command = operator.registry().named(name);
        if (command.isEmpty()) {
            return CompletableFuture.completedFuture(Said.wrong("there is no command '" + name + "' any more"));
        }
        try {
            return operator.start(command.get(), words, cancelling)
                    .thenApply(answer -> Said.of(command.get(), answer, json));
        } catch (CommandException e) { // before it ran
            return CompletableFuture.completedFuture(Said.wrong(String.valueOf(e.getMessage())));
        }
    }

    /** A request is taken back. */
    @Override
    public void received(NodeId from, int lane, byte[] payload) {
        try {
            Unpacker id = new Unpacker(payload, 1);
            requested.cancel(from, new UUID(id.number(), id.number()));
        } catch (IOException e) {
            log.warn("what=command_cancel_unreadable node={} reason=\"{}\"", from, e.getMessage());
        }
    }
}
