package org.skein.adhoc.internal;

import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.adhoc.internal.Abroad.Found;
import org.skein.api.component.IqHandler;
import org.skein.api.component.IqRequest;
import org.skein.api.component.VirtualHosts;
import org.skein.api.disco.DiscoContributor;
import org.skein.api.disco.DiscoInfo;
import org.skein.api.disco.DiscoItem;
import org.skein.api.disco.DiscoRequest;
import org.skein.cluster.api.Cluster;
import org.skein.cluster.api.Member;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.PeerHandler;
import org.skein.cluster.api.Peers;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.StanzaError;
import org.skein.xmpp.StanzaError.Condition;
import org.skein.xmpp.StanzaException;
import org.skein.xmpp.stream.ElementParser;

/**
 * Lists the commands to those who may use them, and runs them (XEP-0050). The node that answers first holds the session;
 * a step that comes to another is handed over to it.
 */
@Component(
        service = {IqHandler.class, DiscoContributor.class, PeerHandler.class},
        property = PeerHandler.CHANNEL + "=" + CommandHost.CHANNEL)
public final class CommandHost implements IqHandler, DiscoContributor, PeerHandler {
    static final String CHANNEL = "adhoc.step";
    static final String COMMANDS = Forms.COMMANDS;

    /** How long the holder of a session is waited for where this node does not know the command. */
    private static final Duration UNKNOWN = Duration.ofSeconds(60);

    private final Registry registry;
    private final Abroad abroad;
    private final Access access;
    private final Dialogues dialogues;

    @Reference(policy = DYNAMIC, policyOption = GREEDY) // exchanged when a lone node becomes a member
    private volatile Cluster cluster;

    @Activate
    public CommandHost(
            @Reference Registry registry,
            @Reference Runs runs,
            @Reference Abroad abroad,
            @Reference VirtualHosts hosts) {
        this(registry, runs, abroad, hosts, Clock.systemUTC());
    }

    private CommandHost(Registry registry, Runs runs, Abroad abroad, VirtualHosts hosts, Clock clock) {
        this.registry = registry;
        this.abroad = abroad;
        this.access = new Access(hosts);
        this.dialogues = new Dialogues(registry, runs, access, clock);
    }

    /** For tests. */
    CommandHost(Registry registry, Runs runs, Abroad abroad, VirtualHosts hosts, Clock clock, Cluster cluster) {
        this(registry, runs, abroad, hosts, clock);
        this.cluster = cluster;
    }

    @Override
    public Set<Target> targets() {
        return Set.of(Target.HOST);
    }

    @Override
    public Set<String> namespaces() {
        return Set.of(COMMANDS);
    }

    @Override
    public CompletionStage<Optional<Element>> handle(IqRequest request) {
        Element asked = request.payload();
        if (!request.isSet() || !asked.name().equals("command")) {
            throw new StanzaException(Condition.BAD_REQUEST);
        }
        Jid by = request.from();
        String id = asked.attribute("sessionid", "");
        Optional<Found> found = id.isEmpty() ? abroad(asked.attribute("node", "")) : Optional.empty();
        if (found.isPresent()) {
            if (!access.may(by, found.get().command().access())) throw new StanzaException(Condition.FORBIDDEN);
            return handOver(cluster, found.get().at(), by, asked).thenApply(Optional::of);
        }
        if (id.isEmpty() || dialogues.sessions().knows(id))
            return dialogues.step(by, asked).thenApply(Optional::of);
        Cluster now = cluster;
        String holder = FormSessions.nodeOf(id);
        if (holder.equals(now.self().name())) return dialogues.step(by, asked).thenApply(Optional::of);
        Member member = now.view().member(holder).orElseThrow(FormSessions::expired); // gone, and the session with it
        return handOver(now, member.id(), by, asked).thenApply(Optional::of);
    }

    /** A command that only others have: the first of them holds the session. */
    private Optional<Found> abroad(String node) {
        return registry.atNode(node).isPresent() ? Optional.empty() : abroad.atNode(node);
    }

    // the session is held by another node

    /** A command may take its deadline to look at what was filled in, and once more to be done. */
    private Duration longest(Element asked) {
        String node = asked.attribute("node", "");
        return registry.atNode(node)
                .map(Definition::deadline)
                .or(() -> abroad.atNode(node).map(found -> found.command().deadline()))
                .map(Operator::longest)
                .orElse(UNKNOWN);
    }

    private CompletionStage<Element> handOver(Cluster now, NodeId holder, Jid by, Element asked) {
        byte[] request =
                new Packer(1).text(by.toString()).text(asked.toString()).toBytes();
        return now.peers().call(holder, CHANNEL, request, longest(asked)).thenApply(reply -> switch (reply.result()) {
            case ANSWERED -> answered(reply);
            case LEFT -> {
                if (!asked.attribute("sessionid", "").isEmpty()) throw FormSessions.expired();
                throw new StanzaException(
                        Condition.REMOTE_SERVER_TIMEOUT, holder.name() + " left the cluster; outcome unknown");
            }
            case FAILED -> throw new StanzaException(Condition.INTERNAL_SERVER_ERROR, reply.error());
            case TIMEOUT ->
                throw new StanzaException(
                        Condition.REMOTE_SERVER_TIMEOUT, holder.name() + " does not answer; outcome unknown");
        });
    }

    private static Element answered(Peers.Reply reply) {
        try {
            Unpacker from = new Unpacker(reply.payload(), 1);
            String condition = from.text();
            String text = from.text();
            if (condition.isEmpty()) return ElementParser.parse(text.getBytes(StandardCharsets.UTF_8), "");
            throw new StanzaException(Condition.valueOf(condition), text);
        } catch (IOException | IllegalArgumentException e) {
            throw new StanzaException(Condition.INTERNAL_SERVER_ERROR, "an answer that cannot be read");
        }
    }

    @Override
    public CompletionStage<byte[]> called(NodeId from, byte[] bytes) {
        try {
            Unpacker request = new Unpacker(bytes, 1);
            Jid by = Jid.of(request.text());
            Element asked = ElementParser.parse(request.text().getBytes(StandardCharsets.UTF_8), "");
            return dialogues.step(by, asked).handle((answer, failure) -> packed(answer, failure));
        } catch (StanzaException e) {
            return CompletableFuture.completedFuture(packed(null, e));
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static byte[] packed(Element answer, Throwable failure) {
        if (failure == null)
            return new Packer(1).text("").text(answer.toString()).toBytes();
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        StanzaError error = cause instanceof StanzaException e ? e.error() : Condition.INTERNAL_SERVER_ERROR.error();
        return new Packer(1).text(error.condition().name()).text(error.text()).toBytes();
    }

    // discovery

    @Override
    public void info(DiscoRequest request, DiscoInfo info) {
        if (!request.isHost()) {
            return;
        }
        if (request.node().isEmpty()) {
            info.feature(COMMANDS);
        } else if (request.node().equals(COMMANDS)) {
            info.identity("automation", "command-list", "Commands").feature(COMMANDS);
        } else {
            visible(request.from())
                    .filter(c -> c.node().equals(request.node()))
                    .findFirst()
                    .ifPresent(c -> info.identity("automation", "command-node", c.title())
                            .feature(COMMANDS)
                            .feature(Forms.DATA));
        }
    }

    /** §2.3: only what the asker may use. */
    @Override
    public List<DiscoItem> items(DiscoRequest request) {
        if (!request.isHost() || !request.node().equals(COMMANDS)) {
            return List.of();
        }
        return visible(request.from())
                .map(c -> new DiscoItem(request.subject(), c.node(), c.title()))
                .toList();
    }

    /** What this node and the others have, by name. */
    private Stream<Listed> visible(Jid asker) {
        return Stream.concat(
                        registry.all().stream().map(Definition::listed),
                        abroad.all().stream().map(Found::command))
                .filter(c -> access.may(asker, c.access()))
                .sorted(Comparator.comparing(Listed::name));
    }
}
