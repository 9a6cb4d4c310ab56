package org.skein.itests.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.skein.itests.support.Administrator;
import org.skein.itests.support.ClusterNodes;
import org.skein.itests.support.Command;
import org.skein.itests.support.ServerProcess;
import org.skein.itests.support.SharedNode;
import org.skein.itests.support.StanzaClient;
import org.skein.testkit.storage.MariaDb;

/**
 * Every command a node offers, run by an administrator on the first of three nodes against users on the others. Which there
 * are, the node says: a command without a case fails. New commands get theirs in {@link AccountCases}, {@link SessionCases},
 * {@link ServerCases} or {@link NodeCases}.
 */
@EnabledIf("org.skein.itests.support.ClusterNodes#arePossible")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EveryCommandAcrossNodesTest {
    /** What would end nodes: each has a test of its own. */
    private static final Set<String> OWN_TEST = Set.of("#shutdown");

    private static final Map<String, CommandCase> CASES = new TreeMap<>();

    static {
        CASES.putAll(AccountCases.all());
        CASES.putAll(SessionCases.all());
        CASES.putAll(ServerCases.all());
        CASES.putAll(NodeCases.all());
    }

    private static final AtomicInteger RUNS = new AtomicInteger(); // each on a database of its own
    private static CommandStage stage;

    @BeforeAll
    static void start() throws Exception {
        ClusterNodes nodes = ClusterNodes.create(
                        MariaDb.shared(),
                        "every_command_" + RUNS.incrementAndGet(),
                        3,
                        "cluster-silence-ms=30000") // a loaded machine excludes nobody
                .start();
        nodes.node(0).addUser(SharedNode.ADMIN + "@localhost", StanzaClient.PASSWORD);
        stage = new CommandStage(nodes, Administrator.at(nodes.node(0), SharedNode.ADMIN));
    }

    @AfterAll
    static void end() throws Exception {
        if (stage != null) stage.close();
    }

    static Set<String> commands() throws Exception {
        Set<String> all = new TreeSet<>(stage.admin().offered());
        all.removeAll(OWN_TEST);
        all.addAll(CASES.keySet());
        return all;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("commands")
    @Order(1)
    void itWorksOnTheWholeCluster(String name) throws Exception {
        CommandCase test = CASES.get(name);
        if (test == null)
            fail(name + " has no case: give it one in AccountCases, SessionCases, ServerCases or NodeCases");
        assertTrue(stage.admin().offered().contains(name), () -> name + " is not offered");
        test.run(stage);
    }

    @Test
    @Order(2)
    void totalsAreTheTruthWhileUsersComeAndGo() throws Exception {
        int steady = 6;
        int guests = 4;
        List<StanzaClient> clients = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < guests; i++) names.add(stage.user());
        AtomicBoolean isOver = new AtomicBoolean();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread coming = new Thread(() -> {
            try {
                for (int turn = 0; !isOver.get(); turn++) {
                    List<StanzaClient> there = new ArrayList<>();
                    for (String name : names) there.add(StanzaClient.online(stage.node(turn % 3), name, "guest"));
                    for (StanzaClient client : there) client.logOut();
                }
            } catch (Exception | AssertionError e) {
                failure.set(e);
            }
        });
        try {
            for (int i = 0; i < steady; i++) clients.add(stage.online(i % 3, stage.user()));
            stage.awaitOnline(steady + 1L); // and the administrator
            coming.start();
            for (int i = 0; i < 50; i++) {
                long online = stage.admin().run("#get-online-users-num").number("onlineusersnum");
                assertTrue(online > steady && online <= steady + 1 + guests, () -> online + " users online");
                List<String> listed =
                        stage.admin().run("#get-online-users-list").all("onlineuserjids");
                assertEquals(Set.copyOf(listed).size(), listed.size(), () -> "twice: " + listed);
                for (StanzaClient client : clients) assertTrue(listed.contains(client.bare()), listed::toString);
            }
            isOver.set(true);
            coming.join();
            if (failure.get() != null) throw new AssertionError("coming and going", failure.get());
            stage.awaitOnline(steady + 1L);
        } finally {
            isOver.set(true);
            for (StanzaClient client : clients) client.logOut();
        }
        stage.awaitOnline(1);
    }

    @Test // XEP-0133 §4.31
    @Order(3)
    void shutdownStopsTheNodeThatIsNamedAndTellsItsUsers() throws Exception {
        ServerProcess third = stage.node(2);
        try (StanzaClient user = stage.online(2, stage.user());
                StanzaClient other = stage.online(1, stage.user())) {
            stage.admin()
                    .run(
                            "#shutdown",
                            "delay=1",
                            "announcement=the third node gets a new disk",
                            "node=" + ClusterNodes.name(2));
            user.awaitBody("the third node gets a new disk");
            assertEquals("system-shutdown", user.awaitStreamEnd());
            assertEquals(0, third.awaitExit());
            stage.nodes().awaitMembers();
            Command shown = stage.node(0).skein("ctl", "user:online-count").succeeds();
            assertEquals("The number of online users: 2\n", shown.output());
            other.iq("get", "localhost", "<ping xmlns='urn:xmpp:ping'/>");
        }
        stage.nodes().start();
    }
}
