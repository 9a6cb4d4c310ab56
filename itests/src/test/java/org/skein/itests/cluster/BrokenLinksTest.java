package org.skein.itests.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.skein.itests.support.Await;
import org.skein.itests.support.BreakableLinks;
import org.skein.itests.support.ClusterNodes;
import org.skein.itests.support.ServerProcess;
import org.skein.itests.support.StanzaClient;
import org.skein.testkit.storage.MariaDb;

/**
 * Three real nodes whose links break while all reach the database and people write to each other: DESIGN §6 "View",
 * CLUSTER 1–9. Nothing acknowledged is lost, one side serves, and with the links the cluster is whole again by itself.
 */
@EnabledIf("org.skein.itests.support.ClusterNodes#arePossible")
class BrokenLinksTest {
    private static final int PAIRS = 4;
    private static final Duration SILENCE = Duration.ofSeconds(4);
    private static final Set<String> ALL = Set.of(ClusterNodes.name(0), ClusterNodes.name(1), ClusterNodes.name(2));

    private static BreakableLinks links;
    private static ClusterNodes nodes;

    @BeforeAll
    static void start() throws Exception {
        links = new BreakableLinks(3);
        nodes = ClusterNodes.create(
                        MariaDb.shared(),
                        "broken_links",
                        links,
                        3,
                        "cluster-silence-ms=" + SILENCE.toMillis(),
                        "c2s-tls-required=false",
                        "plain-without-tls=true")
                .start();
    }

    @AfterAll
    static void stop() throws Exception {
        if (nodes != null) nodes.close();
        if (links != null) links.close();
    }

    @AfterEach
    void mend() throws Exception {
        links.heal();
        nodes.awaitMembers(ALL);
    }

    /** Waits until the view has so many members; who they are. */
    private static Set<String> awaitMembers(int count) throws Exception {
        Await.until("the view has " + count, () -> nodes.members().size() == count);
        Set<String> members = nodes.members();
        nodes.awaitMembers(members);
        return members;
    }

    private static ServerProcess of(String name) {
        return nodes.node(Integer.parseInt(name.replaceAll("\\D+", "")) - 1);
    }

    /** Nobody can log in there, who was there was sent away, and its balancer knows. */
    private static void assertServesNobody(ServerProcess node, StanzaClient wasThere) throws Exception {
        assertEquals("system-shutdown", wasThere.awaitStreamEnd());
        Await.until("status tells", () -> node.skein("status").status() != 0);
        assertTrue(node.handle().isAlive());
    }

    private static StanzaClient online(ServerProcess node) throws Exception {
        return StanzaClient.online(node, StanzaClient.register(node), "r");
    }

    @Test // P1, P4
    void aNodeNobodyHearsIsExcludedServesNobodyAndJoinsAgainByItself() throws Exception {
        String name = StanzaClient.register(nodes.node(2));
        try (Correspondence letters = Correspondence.start(nodes, PAIRS);
                StanzaClient romeo = StanzaClient.online(nodes.node(2), name, "orchard");
                StanzaClient juliet = online(nodes.node(0))) {
            letters.goOn(20);
            juliet.presence("subscribe", romeo.bare());
            romeo.awaitPresence("subscribe", juliet.bare());
            romeo.presence("subscribed", juliet.bare());
            juliet.awaitPresence("", romeo.jid());

            links.silence(2, 0);
            links.silence(2, 1);

            juliet.awaitPresence("unavailable", romeo.jid());
            nodes.awaitMembers(Set.of(ClusterNodes.name(0), ClusterNodes.name(1)));
            assertServesNobody(nodes.node(2), romeo);
            juliet.chat(romeo.bare(), "while you were cut off").soFar();
            letters.goOn(20);

            links.heal();
            nodes.awaitMembers(ALL);
            letters.goOn(20);
            try (StanzaClient again = StanzaClient.online(nodes.node(2), name, "orchard")) {
                again.awaitBody("while you were cut off");
                juliet.awaitPresence("", again.jid());
            }
            letters.reckon();
        }
    }

    @Test // P1, P2, P4: a bad cable costs nothing while it is short, and the node only while it is long
    void aMemberThatFlapsCostsNobodyAMessage() throws Exception {
        try (Correspondence letters = Correspondence.start(nodes, PAIRS)) {
            letters.goOn(20);
            String epoch = nodes.query("SELECT epoch FROM cluster_view").get(0);
            int losses = letters.losses();
            long longerThanSilence =
                    System.nanoTime() + SILENCE.multipliedBy(3).dividedBy(2).toNanos();
            while (System.nanoTime() - longerThanSilence < 0) {
                links.reset(2, 0);
                links.reset(2, 1);
                letters.goOn(2);
            }
            assertEquals(epoch, nodes.query("SELECT epoch FROM cluster_view").get(0), "nobody was excluded");
            assertEquals(losses, letters.losses(), "nobody was cut off");
            for (int i = 0; i < 2; i++) {
                links.silence(2, 0);
                links.silence(2, 1);
                nodes.awaitMembers(Set.of(ClusterNodes.name(0), ClusterNodes.name(1)));
                letters.goOn(5);
                links.heal();
                nodes.awaitMembers(ALL);
                letters.goOn(5);
            }
            letters.reckon();
        }
    }

    @Test // P4: the third hears both, so either of the two may go, but not both
    void ofTwoThatDoNotHearEachOtherOneGoesAndTheThirdStays() throws Exception {
        try (Correspondence letters = Correspondence.start(nodes, PAIRS);
                StanzaClient first = online(nodes.node(0));
                StanzaClient second = online(nodes.node(1));
                StanzaClient third = online(nodes.node(2))) {
            letters.goOn(20);
            links.cut(0, 1);
            Set<String> left = awaitMembers(2);
            assertTrue(left.contains(ClusterNodes.name(2)), left::toString);
            boolean firstLeft = left.contains(ClusterNodes.name(0));
            assertServesNobody(firstLeft ? nodes.node(1) : nodes.node(0), firstLeft ? second : first);
            StanzaClient stayed = firstLeft ? first : second;
            third.chat(stayed.jid(), "we two");
            stayed.awaitBody("we two");
            letters.goOn(20);

            links.heal();
            nodes.awaitMembers(ALL);
            letters.goOn(20);
            letters.reckon();
        }
    }

    @Test // P4: a network card that only receives
    void aLinkThatWorksOneWayIsNone() throws Exception {
        try (Correspondence letters = Correspondence.start(nodes, PAIRS)) {
            letters.goOn(20);
            links.lose(0, 1);
            Set<String> left = awaitMembers(2);
            assertTrue(left.contains(ClusterNodes.name(2)), left::toString);
            letters.goOn(20);

            links.heal();
            nodes.awaitMembers(ALL);
            letters.goOn(20);
            letters.reckon();
        }
    }

    @Test // P4: all reach the database, nobody another: one goes on, for the users of all
    void whereNoLinkIsLeftOneNodeServesEverybody() throws Exception {
        String name = StanzaClient.register(nodes.node(0));
        List<StanzaClient> there = new ArrayList<>();
        try (Correspondence letters = Correspondence.start(nodes, PAIRS)) {
            for (int i = 0; i < 3; i++) there.add(online(nodes.node(i)));
            letters.goOn(20);
            links.silence(0, 1);
            links.silence(1, 2);
            links.silence(2, 0);
            String left = awaitMembers(1).iterator().next();
            for (int i = 0; i < 3; i++) {
                if (!ClusterNodes.name(i).equals(left)) assertServesNobody(nodes.node(i), there.get(i));
            }
            try (StanzaClient romeo = StanzaClient.online(of(left), name, "orchard")) {
                romeo.chat(romeo.jid(), "served").awaitBody("served");
            }
            letters.goOn(20);

            links.heal();
            nodes.awaitMembers(ALL);
            letters.goOn(20);
            letters.reckon();
        } finally {
            for (StanzaClient client : there) client.close();
        }
    }
}
