package org.skein.c2s.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skein.api.session.ClientStream;
import org.skein.cluster.api.Cluster;
import org.skein.cluster.api.Member;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeState;
import org.skein.cluster.api.View;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StreamError.Condition;

/** CLUSTER 5: a node that may not serve neither reads from its clients nor writes to them. */
class PermitTest {
    @TempDir
    Path base;

    private TestEdge edge;
    private volatile boolean serving = true;
    private volatile NodeState state = NodeState.SERVING;

    @BeforeEach
    void start() throws IOException {
        edge = new TestEdge(base, C2sSettings.DEFAULT);
        NodeId self = new NodeId("a", 1);
        edge.cluster = (Cluster) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Cluster.class},
                (proxy, method, a) -> switch (method.getName()) {
                    case "isServing" -> serving;
                    case "view" -> new View(1, 1, List.of(new Member(self, state, 1)));
                    case "self" -> self;
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    @AfterEach
    void stop() {
        edge.close();
    }

    private ClientStream stream() {
        return edge.sessions.streams.get(0);
    }

    private void write(String id) {
        Stanza message = Stanza.message().id(id).build();
        stream().execute(() -> stream().write(message));
    }

    /** All streams share one loop: when this is answered it has also seen what was sent before. */
    private void refusedMeanwhile() throws IOException {
        for (int i = 0; i < 3; i++) {
            try (RawClient other = new RawClient(edge.port)) {
                other.send(RawClient.HEADER).awaitError("system-shutdown");
            }
        }
    }

    @Test
    void withoutAPermitNothingIsReadOrWrittenAndThenAllInOrder() throws IOException {
        try (RawClient client = new RawClient(edge.port)) {
            client.established("romeo");
            client.send("<message id='before'/>").await("<message id='before'/>");
            serving = false;
            client.send("<message id='asked'/>");
            write("told");
            refusedMeanwhile();
            client.send("<message id='asked-again'/>");
            refusedMeanwhile();
            assertEquals(1, edge.sessions.stanzas.sum());
            assertEquals(0, client.socket().getInputStream().available());
            serving = true;
            String all = client.await("id='asked-again'/>");
            assertTrue(all.matches("(?s).*id='told'.*id='asked'.*id='asked-again'.*"), all);
            client.send("<message id='after'/>").await("<message id='after'/>");
        }
    }

    @Test
    void aStreamWithoutAPermitMayOnlySayGoodBye() throws Exception {
        try (RawClient client = new RawClient(edge.port)) {
            client.established("romeo");
            serving = false;
            client.send("<message id='asked'/>");
            write("told");
            refusedMeanwhile();
            stream().execute(() -> stream().close(Optional.of(Condition.SYSTEM_SHUTDOWN.error())));
            String end = client.awaitEnd();
            assertTrue(end.contains("<system-shutdown "), end);
            assertFalse(end.contains("<message"), end);
            assertEquals(0, edge.sessions.stanzas.sum());
            assertEquals(List.of("open romeo@localhost c2s"), edge.sessions.until("closed false"));
        }
    }

    @Test
    void aStreamIsClosedInOneTurnWithTheLossOfThePermit() throws Exception {
        try (RawClient client = new RawClient(edge.port)) {
            client.established("romeo");
            Stanza message = Stanza.message().id("told").build();
            stream().execute(() -> {
                stream().write(message);
                serving = false;
                stream().close(Optional.of(Condition.SYSTEM_SHUTDOWN.error()));
            });
            String end = client.awaitEnd();
            assertTrue(end.startsWith("<stream:error><system-shutdown "), end);
        }
    }

    @Test
    void aClientThatLeavesMeanwhileIsForgotten() throws Exception {
        try (RawClient client = new RawClient(edge.port)) {
            client.established("romeo");
            serving = false;
            write("told");
            refusedMeanwhile();
            client.hangUp();
        }
        edge.sessions.until("closed false");
        serving = true;
        try (RawClient client = new RawClient(edge.port)) {
            client.established("juliet");
        }
    }

    @Test
    void nobodyLogsInAtANodeThatMayNotServe() throws IOException {
        try (RawClient negotiating = new RawClient(edge.port);
                RawClient registering = new RawClient(edge.port);
                RawClient almost = new RawClient(edge.port)) {
            negotiating.open().startTls().open();
            registering.open().startTls().open();
            almost.open().startTls().open().login("romeo");
            serving = false;
            negotiating.plain("romeo", "secret").awaitError("system-shutdown");
            registering
                    .send("<iq type='get' id='r1'><query xmlns='jabber:iq:register'/></iq>")
                    .awaitError("system-shutdown");
            almost.send(RawClient.HEADER).awaitError("system-shutdown");
            assertEquals(0, edge.sessions.streams.size());
        }
    }

    @Test
    void aDrainingNodeServesThoseItHasAndSendsOthersElsewhereIfItCan() throws IOException {
        try (RawClient client = new RawClient(edge.port)) {
            client.established("romeo");
            state = NodeState.DRAINING;
            refusedMeanwhile();
            edge.redirect = Optional.of((host, account) -> Optional.of("node2.example"));
            try (RawClient other = new RawClient(edge.port)) {
                assertTrue(other.send(RawClient.HEADER).awaitEnd().contains(">node2.example</see-other-host>"));
            }
            client.send("<message id='still'/>").await("<message id='still'/>");
        }
    }
}
