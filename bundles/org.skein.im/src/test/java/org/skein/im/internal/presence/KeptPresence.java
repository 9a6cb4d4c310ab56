package org.skein.im.internal.presence;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.skein.api.session.Session;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.strategy.ClusteringStrategy.Presences;
import org.skein.cluster.api.strategy.ClusteringStrategy.RemotePresence;
import org.skein.im.internal.TestServer;
import org.skein.im.internal.TwoNodes;
import org.skein.testkit.storage.InMemoryStorage;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Ns;
import org.skein.xmpp.Stanza;

/** Node a of two, whose strategy keeps what a test says: at first that Ben, on node b, says "one". */
abstract class KeptPresence {
    static final Jid ANNA = Jid.of("anna@localhost");
    static final Jid BEN = Jid.of("ben@localhost");
    static final Jid CLEO = Jid.of("cleo@localhost");

    /** Calls of the database under way, while it is slow. */
    final List<Runnable> calls = new ArrayList<>();

    boolean isSlow;
    final TwoNodes nodes = new TwoNodes(new InMemoryStorage(call -> {
        if (isSlow) calls.add(call);
        else call.run();
    }));

    /** What the strategy keeps at node a. */
    final Map<Jid, Presences> kept = new HashMap<>();

    TestServer.Client ben;

    KeptPresence() {
        nodes.friends(ANNA, BEN);
        nodes.friends(ANNA, CLEO);
        nodes.a.member.presences(
                account -> Optional.of(kept.getOrDefault(account, new Presences(List.of(), List.of()))));
        ben = nodes.b.server.bind("ben@localhost/pc");
        ben.sends(saying("one"));
        keeps(BEN, ben);
    }

    static Stanza saying(String status) {
        return Stanza.presence().add(Element.of("status", Ns.CLIENT, status)).build();
    }

    NodeId there() {
        return nodes.b.member.self();
    }

    /** The strategy knows these as they are now. */
    void keeps(Jid account, Session... sessions) {
        keeps(account, List.of(), sessions);
    }

    void keeps(Jid account, List<NodeId> ask, Session... sessions) {
        kept.put(
                account,
                new Presences(
                        Arrays.stream(sessions)
                                .map(s ->
                                        new RemotePresence(there(), s.presence().orElseThrow()))
                                .toList(),
                        ask));
    }

    TestServer.Client binds(String full) {
        return nodes.a.server.bind(full);
    }

    /** Becomes available. @return what it then gets of others, as {@code type from status} */
    List<String> seenBy(TestServer.Client client) {
        client.takes();
        client.sends(Stanza.presence());
        return seen(client);
    }

    static List<String> seen(TestServer.Client client) {
        return client.takes().stream()
                .filter(s -> s.isPresence() && !s.from().orElseThrow().equals(client.jid()))
                .map(s -> String.join(
                                " ",
                                s.type(),
                                s.from().orElseThrow().toString(),
                                s.child("status", Ns.CLIENT).map(Element::text).orElse(""))
                        .trim())
                .sorted()
                .toList();
    }

    /** Whom node a asked. */
    List<String> asked() {
        List<String> asked = nodes.a.server.routed.stream()
                .filter(s -> s.hasType("probe"))
                .map(s -> s.to().orElseThrow().toString())
                .sorted()
                .toList();
        nodes.a.server.routed.clear();
        return asked;
    }

    void databaseAnswers() {
        isSlow = false;
        for (Runnable call : List.copyOf(calls)) call.run();
        calls.clear();
    }

    void blocks(TestServer.Client client, Jid who) {
        Element item = Element.builder("item", "urn:xmpp:blocking")
                .attribute("jid", who.toString())
                .build();
        client.asks(
                "set",
                "",
                Element.builder("block", "urn:xmpp:blocking").child(item).build());
    }
}
