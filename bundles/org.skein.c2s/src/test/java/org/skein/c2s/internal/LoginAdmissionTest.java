package org.skein.c2s.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A crowd is let in at a bounded rate; the clock is the test's. */
class LoginAdmissionTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    @TempDir
    Path base;

    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 3 * SECOND); // it may wrap
    private final AtomicLong rate = new AtomicLong(10);
    private final LongAdder delayed = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LoginAdmission admission = admission(4 * SECOND, 0);

    private LoginAdmission admission(long patience, long pause) {
        return new LoginAdmission(clock::get, rate::get, patience, pause, delayed, refused);
    }

    private int admittedAtOnce() {
        int count = 0;
        while (admission.reserve() == 0) {
            count++;
        }
        admission.release(); // the one that would have had to wait
        return count;
    }

    @Test
    void oneSecondsWorthMayComeAtOnceAndThenTheRateHolds() {
        assertEquals(11, admittedAtOnce());
        for (int i = 0; i < 10; i++) {
            clock.addAndGet(SECOND);
            assertEquals(10, admittedAtOnce(), "second " + i);
        }
        clock.addAndGet(100 * SECOND);
        assertEquals(11, admittedAtOnce());
    }

    @Test
    void whoComesEarlyIsGivenItsTurnInOrderAndBeyondPatienceNone() {
        admittedAtOnce();
        for (int i = 1; i <= 40; i++) {
            assertEquals(i * SECOND / 10, admission.reserve());
        }
        assertEquals(LoginAdmission.REFUSED, admission.reserve());
        assertEquals(41, delayed.sum());
        assertEquals(1, refused.sum());
        clock.addAndGet(SECOND / 10);
        assertEquals(4 * SECOND, admission.reserve());
    }

    @Test
    void aPlaceGivenBackIsTheNextOnes() {
        admittedAtOnce();
        assertEquals(SECOND / 10, admission.reserve());
        admission.release();
        assertEquals(SECOND / 10, admission.reserve());
    }

    @Test
    void withoutALimitNobodyWaits() {
        rate.set(0);
        for (int i = 0; i < 10_000; i++) {
            assertEquals(0, admission.reserve());
        }
    }

    @Test
    void thePauseOfTheRefusedDiffersButIsBounded() {
        LoginAdmission pausing = admission(0, 2 * SECOND);
        boolean differs = false;
        long first = pausing.pauseNanos();
        for (int i = 0; i < 100; i++) {
            long pause = pausing.pauseNanos();
            assertTrue(pause >= SECOND && pause <= 2 * SECOND, "pause " + pause);
            differs |= pause != first;
        }
        assertTrue(differs);
    }

    @Test
    void aStreamWaitsForItsTurnAndLogsIn() throws IOException {
        try (TestEdge edge = edge(admission(4 * SECOND, 0))) {
            for (int i = 0; i < 15; i++) {
                try (RawClient client = new RawClient(edge.port)) {
                    client.established("romeo");
                }
            }
            assertEquals(4, delayed.sum());
            assertEquals(0, refused.sum());
        }
    }

    @Test
    void directTlsWaitsToo() throws IOException {
        try (TestEdge edge = edge(admission(4 * SECOND, 0))) {
            for (int i = 0; i < 15; i++) {
                try (RawClient client = new RawClient(edge.tlsPort)) {
                    client.tls("localhost", List.of("TLSv1.3"), List.of());
                    client.open().login("romeo").open();
                }
            }
            assertEquals(4, delayed.sum());
        }
    }

    @Test
    void whoComesWhenAllPlacesAreTakenIsToldBeforeTlsAndMayTryAgain() throws IOException {
        try (TestEdge edge = edge(admission(0, 0))) {
            fill(edge);
            try (RawClient client = new RawClient(edge.port);
                    RawClient direct = new RawClient(edge.tlsPort)) {
                client.open().send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>" + RawClient.HEADER);
                client.awaitError("resource-constraint");
                assertEquals("", direct.send(RawClient.HEADER).awaitEnd().replace("[reset]", ""));
                assertEquals(2, refused.sum());
            }
            clock.addAndGet(SECOND);
            try (RawClient client = new RawClient(edge.port)) {
                client.established("romeo");
            }
        }
    }

    private static void fill(TestEdge edge) throws IOException {
        for (int i = 0; i < 11; i++) {
            try (RawClient client = new RawClient(edge.port)) {
                client.established("romeo");
            }
        }
    }

    @Test // slixmpp tries five mechanisms before it finds one
    void furtherTriesOfAStreamNeedNoPlace() throws IOException {
        LoginAdmission impatient = admission(0, 0);
        try (TestEdge edge = edge(impatient);
                RawClient client = new RawClient(edge.port)) {
            client.open().startTls().open();
            while (impatient.reserve() == 0) {
                assertTrue(delayed.sum() == 0);
            }
            for (int i = 0; i < 3; i++) {
                client.plain("romeo", "wrong").await("<not-authorized/></failure>");
            }
            client.login("romeo").open();
        }
    }

    @Test
    void withoutTlsTheFirstTryToLogInNeedsAPlace() throws IOException {
        LoginAdmission impatient = admission(0, 0);
        try (TestEdge edge = new TestEdge(base, C2sSettings.DEFAULT.withTlsRequired(false), "auto", rate -> impatient);
                RawClient client = new RawClient(edge.port)) {
            client.open();
            while (impatient.reserve() == 0) {
                assertTrue(delayed.sum() == 0);
            }
            String auth = "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='STEPS'/>";
            String failure = client.send(auth).await("</failure>");
            assertTrue(failure.contains("<temporary-auth-failure/><text"), failure);
            assertTrue(failure.contains("resource-constraint"), failure);
            clock.addAndGet(SECOND);
            client.send(auth).await("</challenge>");
        }
    }

    @Test // RFC 6120 §5.4.3.3
    void whatWasSentBehindStartTlsIsDroppedAlsoAfterAWait() throws IOException {
        try (TestEdge edge = edge(admission(4 * SECOND, 0))) {
            fill(edge);
            try (RawClient client = new RawClient(edge.port)) {
                client.open().send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>" + RawClient.HEADER);
                client.await("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
                client.tls("localhost", List.of("TLSv1.3"), List.of())
                        .open()
                        .login("romeo")
                        .open();
            }
        }
    }

    @Test
    void whoHangsUpWhileWaitingGivesItsPlaceBack() throws Exception {
        rate.set(1);
        LoginAdmission slow = admission(3600 * SECOND, 0);
        try (TestEdge edge = edge(slow)) {
            assertEquals(0, slow.reserve());
            assertEquals(0, slow.reserve());
            for (int i = 0; i < 3; i++) {
                assertEquals((i + 1) * SECOND, slow.reserve());
            }
            try (RawClient client = new RawClient(edge.port)) {
                client.open().send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
                awaitDelayed(4);
                client.hangUp();
            }
            long end = System.nanoTime() + 20 * SECOND;
            while (edge.edge.connections() > 0) {
                assertTrue(System.nanoTime() < end, "still connected");
                Thread.onSpinWait();
            }
            assertEquals(4 * SECOND, slow.reserve());
        }
    }

    private void awaitDelayed(int count) {
        long end = System.nanoTime() + 20 * SECOND;
        while (delayed.sum() < count) {
            assertTrue(System.nanoTime() < end, "nobody waits");
            Thread.onSpinWait();
        }
    }

    private TestEdge edge(LoginAdmission admission) throws IOException {
        return new TestEdge(base, C2sSettings.DEFAULT, "auto", rate -> admission);
    }
}
