package org.skein.itests.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;
import org.skein.itests.support.Await;
import org.skein.itests.support.ClusterNodes;
import org.skein.itests.support.SharedCluster;
import org.skein.itests.support.StanzaClient;
import org.skein.itests.support.Xml;

/** Messages, resources and streams of users who are on several nodes at once. */
@ExtendWith(SharedCluster.class)
@EnabledIf("org.skein.itests.support.ClusterNodes#arePossible")
class DeliveryAcrossNodesTest {
    private static final String SM = "urn:xmpp:sm:3";

    private static ClusterNodes nodes;

    @BeforeAll
    static void useNodes(ClusterNodes shared) {
        nodes = shared;
    }

    private static String register() throws Exception {
        return StanzaClient.register(nodes.node(0));
    }

    private static List<String> bodies(List<Xml> stanzas) {
        return stanzas.stream()
                .filter(x -> x.name().equals("message"))
                .map(x -> x.text("body"))
                .toList();
    }

    private static List<String> numbers(int count) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(Integer.toString(i));
        }
        return all;
    }

    private static String enable(StanzaClient client) throws Exception {
        client.send("<enable xmlns='" + SM + "' resume='true'/>");
        Xml enabled = client.await("enabled", x -> x.namespace().equals(SM));
        assertEquals("enabled", enabled.name(), enabled.toString());
        return enabled.get("id");
    }

    /** Waits until the server answers for as many stanzas since stream management is on. */
    private static void awaitSafe(StanzaClient client, int stanzas) throws Exception {
        int h;
        do {
            client.send("<r xmlns='" + SM + "'/>");
            h = Integer.parseInt(client.await("a", x -> x.is("a", SM)).get("h"));
        } while (h < stanzas);
    }

    @Test // RFC 6120 §10.1
    void fiveHundredMessagesEachWayArriveInOrder() throws Exception {
        try (StanzaClient romeo = StanzaClient.online(nodes.node(0), register(), "orchard");
                StanzaClient juliet = StanzaClient.online(nodes.node(1), register(), "balcony")) {
            for (StanzaClient from : List.of(romeo, juliet)) {
                StanzaClient to = from == romeo ? juliet : romeo;
                StringBuilder all = new StringBuilder();
                for (int i = 0; i < 500; i++) {
                    all.append("<message type='chat' to='").append(i % 2 == 0 ? to.jid() : to.bare());
                    all.append("'><body>").append(i).append("</body></message>");
                }
                from.send(all.toString());
            }
            assertEquals(numbers(500), bodies(juliet.allUntilBody("499")));
            assertEquals(numbers(500), bodies(romeo.allUntilBody("499")));
        }
    }

    @Test // RFC 6121 §8.5.2.1.1, §4.2.2
    void aUserWithTwentyResourcesGetsEachMessageOnceAtEach() throws Exception {
        String user = register();
        List<StanzaClient> resources = new ArrayList<>();
        try (StanzaClient romeo = StanzaClient.online(nodes.node(1), register(), "orchard")) {
            for (int i = 0; i < 20; i++) {
                resources.add(StanzaClient.online(nodes.node(i % 3), user, "r" + i));
            }
            for (StanzaClient one : resources) {
                for (StanzaClient other : resources) {
                    if (one != other) one.awaitPresence("", other.jid());
                }
            }
            for (int i = 0; i < 50; i++) {
                romeo.chat(resources.get(0).bare(), Integer.toString(i));
            }
            for (StanzaClient one : resources) {
                assertEquals(numbers(50), bodies(one.allUntilBody("49")), one.jid());
            }
            StanzaClient leaving = resources.remove(7);
            leaving.logOut();
            for (StanzaClient one : resources) {
                one.awaitPresence("unavailable", leaving.jid());
                assertEquals(List.of(), bodies(one.soFar()), "nothing came twice");
            }
        } finally {
            for (StanzaClient one : resources) {
                one.close();
            }
        }
    }

    @Test // max-sessions-per-user
    void theLimitOfSessionsCountsThoseOfAllNodes() throws Exception {
        String user = register();
        List<StanzaClient> resources = new ArrayList<>();
        try {
            for (int i = 0; i < SharedCluster.MAX_SESSIONS; i++) {
                resources.add(StanzaClient.bound(nodes.node(i % 3), user, "r" + i));
            }
            for (int at = 0; at < 3; at++) {
                try (StanzaClient oneMore = StanzaClient.authenticated(nodes.node(at), user)) {
                    assertEquals(
                            "wait/resource-constraint", oneMore.tryBind("more").error(), "at node " + at);
                }
            }
            // a resource that takes another's place is not one more
            resources.add(StanzaClient.bound(nodes.node(1), user, "r0"));
            assertEquals("conflict", resources.get(0).awaitStreamEnd());
            resources.get(2).logOut();
            Await.until("there is room for one more", () -> {
                try (StanzaClient oneMore = StanzaClient.authenticated(nodes.node(0), user)) {
                    return oneMore.tryBind("more").get("type").equals("result");
                }
            });
        } finally {
            for (StanzaClient one : resources) {
                one.close();
            }
        }
    }

    @Test // RFC 6120 §7.7.2.2
    void ofSeveralWithTheSameResourceTheNewestWinsWhereverItIs() throws Exception {
        String user = register();
        StanzaClient present = StanzaClient.online(nodes.node(0), user, "balcony");
        try (StanzaClient romeo = StanzaClient.online(nodes.node(2), register(), "orchard")) {
            for (int i = 1; i <= 9; i++) {
                StanzaClient newer = StanzaClient.online(nodes.node(i % 3), user, "balcony");
                assertEquals("conflict", present.awaitStreamEnd());
                present.close();
                present = newer;
                romeo.chat(present.jid(), "to number " + i);
                present.awaitBody("to number " + i);
            }
        } finally {
            present.close();
        }
    }

    @Test // CLUSTER 23
    void ofThreeThatBindTheSameResourceAtOnceOneStays() throws Exception {
        String user = register();
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try (StanzaClient romeo = StanzaClient.online(nodes.node(2), register(), "orchard")) {
            for (int round = 0; round < 5; round++) {
                List<StanzaClient> clients = new ArrayList<>();
                for (int at = 0; at < 3; at++) {
                    clients.add(StanzaClient.authenticated(nodes.node(at), user));
                }
                List<Callable<Xml>> binds = new ArrayList<>();
                for (StanzaClient c : clients) {
                    binds.add(() -> c.tryBind("balcony"));
                }
                List<StanzaClient> bound = new ArrayList<>();
                List<Future<Xml>> answers = threads.invokeAll(binds);
                for (int at = 0; at < 3; at++) {
                    Xml answer = answers.get(at).get();
                    if (answer.get("type").equals("result")) bound.add(clients.get(at));
                    else assertEquals("cancel/conflict", answer.error());
                }
                assertTrue(!bound.isEmpty(), "somebody is bound");
                Await.until("one is left", () -> {
                    bound.removeIf(c -> !answers(c));
                    return bound.size() == 1;
                });
                romeo.chat(user + "@localhost/balcony", "round " + round);
                bound.get(0).awaitBody("round " + round);
                for (StanzaClient c : clients) {
                    c.close();
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static boolean answers(StanzaClient client) {
        try {
            client.iq("get", "localhost", "<ping xmlns='urn:xmpp:ping'/>");
            return true;
        } catch (AssertionError | IOException ended) {
            return false;
        }
    }

    @Test // XEP-0160 §3, XEP-0198 §4
    void whatWasAcknowledgedForAnAbsentUserIsThereWhereverItLogsIn() throws Exception {
        String user = register();
        try (StanzaClient romeo = StanzaClient.online(nodes.node(0), register(), "orchard")) {
            enable(romeo);
            for (int i = 0; i < 9; i++) {
                romeo.chat(user + "@localhost", "one " + i).chat(user + "@localhost/gone", "two " + i);
                awaitSafe(romeo, 2 * i + 2);
                try (StanzaClient juliet = StanzaClient.online(nodes.node(i % 3), user, "balcony")) {
                    juliet.chat(juliet.jid(), "marker");
                    assertEquals(List.of("one " + i, "two " + i, "marker"), bodies(juliet.allUntilBody("marker")));
                    juliet.logOut();
                }
            }
        }
    }

    @Test // CLUSTER 14: whatever comes first, the login or the message
    void aMessageThatMeetsALoginIsNotLeftLying() throws Exception {
        String user = register();
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try (StanzaClient romeo = StanzaClient.online(nodes.node(0), register(), "orchard")) {
            for (int i = 0; i < 10; i++) {
                String body = "meets " + i;
                int at = 1 + i % 2;
                Future<StanzaClient> login = threads.submit(() -> StanzaClient.online(nodes.node(at), user, "balcony"));
                romeo.chat(user + "@localhost", body);
                try (StanzaClient juliet = login.get()) {
                    juliet.awaitBody(body);
                    juliet.logOut();
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test // XEP-0198 §5
    void aStreamIsResumedOnAnotherNodeAgainAndAgainWithEveryMessageOnce() throws Exception {
        String user = register();
        StanzaClient juliet = StanzaClient.authenticated(nodes.node(0), user);
        StanzaClient old = juliet;
        try (StanzaClient romeo = StanzaClient.online(nodes.node(2), register(), "orchard")) {
            juliet.bind("balcony");
            String address = juliet.jid();
            juliet.chat(romeo.jid(), "before stream management");
            romeo.awaitBody("before stream management");
            String token = enable(juliet);
            juliet.available("");
            int handled = 1; // her own presence
            int sent = 1;
            List<String> got = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                String first = Integer.toString(10 * i);
                for (int n = 0; n < 9; n++) {
                    romeo.chat(n % 2 == 0 ? address : user + "@localhost", Integer.toString(10 * i + n));
                }
                List<Xml> begun = juliet.allUntilBody(first); // and confirms no more than this
                got.addAll(bodies(begun));
                handled += (int) begun.stream()
                        .filter(x -> x.namespace().equals("jabber:client"))
                        .count();
                if (i % 2 == 0) juliet.close();
                old = juliet;
                juliet = StanzaClient.authenticated(nodes.node((i + 1) % 3), user);
                juliet.send("<resume xmlns='" + SM + "' previd='" + token + "' h='" + handled + "'/>");
                romeo.chat(address, Integer.toString(10 * i + 9));
                Xml resumed = juliet.await(
                        "resumed", x -> x.namespace().equals(SM) && !x.name().equals("r"));
                assertEquals("resumed", resumed.name(), resumed.toString());
                assertEquals(Integer.toString(sent), resumed.get("h"));
                if (!resumed.get("previd").isEmpty()) token = resumed.get("previd");
                List<Xml> seen = juliet.allUntilBody(Integer.toString(10 * i + 9));
                got.addAll(bodies(seen));
                handled += (int) seen.stream()
                        .filter(x -> x.namespace().equals("jabber:client"))
                        .count();
                if (i % 2 == 1) assertEquals("conflict", old.awaitStreamEnd());
                old.close();
                juliet.chat(romeo.jid(), "after " + i);
                sent++;
                romeo.awaitBody("after " + i);
            }
            assertEquals(numbers(60), got);
        } finally {
            juliet.close();
            old.close();
        }
    }
}
