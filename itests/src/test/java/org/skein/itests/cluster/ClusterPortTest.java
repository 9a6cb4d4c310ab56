package org.skein.itests.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.skein.itests.support.Await;
import org.skein.itests.support.BreakableLinks;
import org.skein.itests.support.ClusterNodes;
import org.skein.itests.support.Memory;
import org.skein.testkit.storage.MariaDb;

/**
 * The cluster port of a real node, while people write to each other across nodes: strangers, thieves and members that
 * have lost their mind cost nobody a message or a connection, and certificates change under way. CLUSTER 12, P8.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@EnabledIf("org.skein.itests.support.ClusterNodes#arePossible")
class ClusterPortTest {
    private static final int PAIRS = 3;
    private static final int STRANGERS = 400; // more than may be undecided at a time
    private static final long HEAP_GROWTH_KIB = 24 * 1024;
    /** Of two, the first by name dials. */
    private static final int MEMBER = 0;

    private static final int VICTIM = 1;

    private static BreakableLinks links;
    private static ClusterNodes nodes;
    private static String firstFingerprint;

    @TempDir
    Path folder;

    /** The certificate of the second node ends in a month: it is to make another. */
    @BeforeAll
    static void start() throws Exception {
        links = new BreakableLinks(2);
        nodes = ClusterNodes.create(
                MariaDb.shared(),
                "cluster_port",
                links,
                2,
                "cluster-silence-ms=6000",
                "c2s-tls-required=false",
                "plain-without-tls=true");
        firstFingerprint = ClusterDialler.makeCertificate(nodes.node(VICTIM).resolve("data/cluster"), "node", 30);
        nodes.start();
    }

    @AfterAll
    static void stop() throws Exception {
        if (nodes != null) nodes.close();
        if (links != null) links.close();
    }

    private static String cell(String column, int node) throws Exception {
        return nodes.query(
                        "SELECT " + column + " FROM cluster_nodes WHERE hostname = '" + ClusterNodes.name(node) + "'")
                .get(0);
    }

    private static String fingerprint(int node) throws Exception {
        return cell("fingerprint", node);
    }

    private static String epoch() throws Exception {
        return nodes.query("SELECT epoch FROM cluster_view").get(0);
    }

    private static int port() {
        return nodes.node(VICTIM).port("cluster");
    }

    /** As the first node says it to the second. */
    private static byte[] hello(long membersAge, long victimsAge, int connection) throws Exception {
        return ClusterDialler.hello(
                ClusterNodes.name(MEMBER),
                Long.parseLong(cell("incarnation", MEMBER)) - membersAge,
                ClusterNodes.name(VICTIM),
                Long.parseLong(cell("incarnation", VICTIM)) - victimsAge,
                connection);
    }

    private static byte[] hex(String bytes) {
        return HexFormat.of().parseHex(bytes.replaceAll("\\s", ""));
    }

    @Test
    @Order(2)
    void strangersGetNothingAndCostNobodyAnything() throws Exception {
        ClusterDialler.makeCertificate(folder, "stranger", 30);
        Path stranger = folder.resolve("stranger");
        Path stolen = nodes.node(MEMBER).resolve("data/cluster/node");
        byte[] noise = new byte[1 << 16];
        new Random(1).nextBytes(noise);
        String epoch = epoch();
        List<ClusterDialler> silent = new ArrayList<>();
        try (Correspondence letters = Correspondence.start(nodes, PAIRS)) {
            letters.goOn(20);
            int losses = letters.losses();
            long heap = Memory.liveHeapKiB(nodes.node(VICTIM));
            for (byte[] said : List.of(
                    "GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(UTF_8),
                    ("<?xml version='1.0'?><stream:stream to='localhost' version='1.0' xmlns='jabber:client'"
                                    + " xmlns:stream='http://etherx.jabber.org/streams'>")
                            .getBytes(UTF_8),
                    hello(0, 0, 0), // the right words, in plain text
                    noise)) {
                try (ClusterDialler plain = ClusterDialler.plain(port())) {
                    assertTrue(plain.isShutOut(said));
                }
            }
            for (int i = 0; i < 20; i++) {
                try (ClusterDialler own = ClusterDialler.tls(port(), stranger);
                        ClusterDialler none = ClusterDialler.tls(port(), null)) {
                    assertTrue(own.isShutOut(hello(0, 0, 0)), "a certificate nobody knows");
                    assertTrue(none.isShutOut(hello(0, 0, 0)), "no certificate");
                }
            }
            try (ClusterDialler old = ClusterDialler.tls(port(), stolen, "TLSv1.2")) {
                assertTrue(old.isShutOut(hello(0, 0, 0)));
            }
            for (int i = 0; i < STRANGERS; i++) silent.add(ClusterDialler.plain(port()));
            letters.goOn(20);

            links.reset(MEMBER, VICTIM); // the members find each other among them
            letters.goOn(20);
            for (ClusterDialler one : silent) assertEquals(List.of(), one.untilClosed(), "they are not kept for ever");
            long grown = Memory.liveHeapKiB(nodes.node(VICTIM)) - heap;
            assertTrue(grown < HEAP_GROWTH_KIB, () -> "the heap has grown by " + grown + " KiB");
            assertEquals(losses, letters.reckon().losses(), "nobody had to connect again");
        } finally {
            for (ClusterDialler one : silent) one.close();
        }
        assertEquals(epoch, epoch(), "nobody was excluded");
    }

    @Test
    @Order(3)
    void whoHoldsAMembersKeyButNotItsLifeIsRefusedAndNonsenseEndsAConnectionOnly() throws Exception {
        Path stolen = nodes.node(MEMBER).resolve("data/cluster/node");
        String epoch = epoch();
        try (Correspondence letters = Correspondence.start(nodes, PAIRS)) {
            letters.goOn(20);
            int losses = letters.losses();
            try (ClusterDialler old = ClusterDialler.tls(port(), stolen)) {
                assertEquals(ClusterDialler.REFUSED, old.say(hello(1, 0, 0)).next(), "an old life of the member");
                assertEquals(List.of(), old.untilClosed());
            }
            try (ClusterDialler old = ClusterDialler.tls(port(), stolen)) {
                assertEquals(ClusterDialler.REFUSED, old.say(hello(0, 1, 0)).next(), "to an old life");
            }
            try (ClusterDialler other = ClusterDialler.tls(port(), stolen)) {
                byte[] asVictim = ClusterDialler.hello(
                        ClusterNodes.name(VICTIM),
                        Long.parseLong(cell("incarnation", VICTIM)),
                        ClusterNodes.name(VICTIM),
                        Long.parseLong(cell("incarnation", VICTIM)),
                        0);
                assertEquals(ClusterDialler.REFUSED, other.say(asVictim).next(), "as somebody else");
            }
            letters.goOn(20);

            for (String nonsense : List.of(
                    "ffffffff 02 00", // longer than anything
                    "00000001 02", // shorter than its head
                    "0000000a 02 00 0000000000000001", // truncated
                    "00000002 7f 00", // a type nobody knows
                    "00000012 06 00 0000000000000000 0000000000000001", // order 0
                    "00000012 06 00 0000000000000007 0000000000000001" // a gap in an order
                            + "00000014 02 00 0000000000000001 0000000000000005 6869",
                    "00000016 03 00 0000000000000001 ffffffffffffffff 00000001", // negative
                    "00000006 09 00 deadbeef")) { // not compressed
                try (ClusterDialler mad = ClusterDialler.tls(port(), stolen)) {
                    // in one piece, for the member dials again and takes the place
                    List<Integer> said = mad.say(hello(0, 0, 0), hex(nonsense)).untilClosed();
                    assertEquals(ClusterDialler.HELLO, said.get(0), nonsense + ": " + said);
                    assertTrue(said.contains(ClusterDialler.GOODBYE), nonsense + ": " + said);
                }
                letters.goOn(5); // the link is made anew
            }
            letters.goOn(20);
            assertEquals(losses, letters.reckon().losses(), "nobody had to connect again");
        }
        assertEquals(epoch, epoch(), "nobody was excluded");
    }

    @Test
    @Order(1) // seconds after the start it changes
    void aCertificateThatEndsSoonIsChangedWithoutAGap() throws Exception {
        try (Correspondence letters = Correspondence.start(nodes, PAIRS)) {
            letters.goOn(20);
            Await.until(
                    "the next one is used",
                    () -> nodes.node(VICTIM).log().contains("what=cluster_certificate_renewed"));
            Await.until(
                    "the row names it alone",
                    () -> cell("fingerprint_next", VICTIM).isEmpty());
            assertNotEquals(firstFingerprint, fingerprint(VICTIM));
            try (ClusterDialler dialler =
                    ClusterDialler.tls(port(), nodes.node(MEMBER).resolve("data/cluster/node"))) {
                assertEquals(fingerprint(VICTIM), dialler.shown());
            }
            letters.goOn(20);
            links.reset(MEMBER, VICTIM);
            letters.goOn(20);
            nodes.node(MEMBER).kill();
            nodes.start(); // it has never seen the old one
            letters.goOn(20);
            letters.reckon();
        }
    }
}
