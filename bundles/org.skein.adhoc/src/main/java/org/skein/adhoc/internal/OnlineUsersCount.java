package org.skein.adhoc.internal;

import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.component.VirtualHosts;
import org.skein.api.session.Session;
import org.skein.api.session.Sessions;
import org.skein.cluster.api.Cluster;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.PeerHandler;
import org.skein.cluster.api.Peers;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;

/** How many users are online (XEP-0133 §4.18), on all nodes, for administrators. */
@Component(
        service = {Command.class, PeerHandler.class},
        property = PeerHandler.CHANNEL + "=" + OnlineUsersCount.CHANNEL)
public final class OnlineUsersCount implements Command, PeerHandler {
    static final String CHANNEL = "adhoc.online";

    private static final byte VERSION = 1;
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(3);
    private static final String ADMIN = "http://jabber.org/protocol/admin";
    private static final String DATA = "jabber:x:data";

    private final Sessions sessions;
    private final VirtualHosts hosts;

    @Reference(policy = DYNAMIC, policyOption = GREEDY) // exchanged when a lone node becomes a member
    private volatile Cluster cluster;

    @Activate
    public OnlineUsersCount(@Reference Sessions sessions, @Reference VirtualHosts hosts) {
        this.sessions = sessions;
        this.hosts = hosts;
    }

    /** For tests. */
    OnlineUsersCount(Sessions sessions, VirtualHosts hosts, Cluster cluster) {
        this(sessions, hosts);
        this.cluster = cluster;
    }

    @Override
    public String node() {
        return ADMIN + "#get-online-users-num";
    }

    @Override
    public String name() {
        return "Get Number of Online Users";
    }

    @Override
    public boolean mayUse(Jid user) {
        return hosts.isAdmin(user);
    }

    @Override
    public CompletionStage<Element> execute(Jid user) {
        return cluster.peers()
                .gather(CHANNEL, new byte[] {VERSION}, ANSWER_WITHIN)
                .thenApply(replies -> {
                    long online = here();
                    for (Peers.Reply reply : replies.values()) {
                        if (reply.isAnswered() && reply.payload().length >= Long.BYTES) {
                            online += ByteBuffer.wrap(reply.payload()).getLong();
                        }
                    }
                    return result(online);
                });
    }

    /** Users of this node; who has sessions on several is counted on the first by name. */
    private long here() {
        String self = cluster.self().name();
        return sessions.all().stream()
                .map(Session::account)
                .distinct()
                .filter(account -> account.remoteSessions().stream()
                        .noneMatch(remote -> remote.node().compareTo(self) < 0))
                .count();
    }

    @Override
    public CompletionStage<byte[]> called(NodeId from, byte[] request) {
        return CompletableFuture.completedFuture(
                ByteBuffer.allocate(Long.BYTES).putLong(here()).array());
    }

    private static Element result(long online) {
        return Element.builder("x", DATA)
                .attribute("type", "result")
                .child(field("FORM_TYPE", "hidden", "", ADMIN))
                .child(field("onlineusersnum", "text-single", "The number of online users", Long.toString(online)))
                .build();
    }

    private static Element field(String name, String type, String label, String value) {
        Element.Builder field =
                Element.builder("field", DATA).attribute("var", name).attribute("type", type);
        if (!label.isEmpty()) field.attribute("label", label);
        return field.child("value", value).build();
    }
}
