package org.skein.storage.jdbc.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.h2.tools.Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skein.api.storage.FencedException;
import org.skein.api.storage.MessageNumber;
import org.skein.testkit.storage.Answers;
import org.skein.testkit.storage.RosterRepositoryContract;
import org.skein.testkit.storage.SpoolContract;
import org.skein.xmpp.Jid;

/** Two nodes on an H2 server: for a demonstration where there is no MariaDB. */
final class H2ServerModeTest {
    @TempDir
    Path base;

    private Server server;

    @BeforeEach
    void start() throws SQLException {
        server = Server.createTcpServer("-tcpPort", "0", "-ifNotExists", "-baseDir", base.toString())
                .start();
    }

    @AfterEach
    void stop() {
        server.stop();
    }

    private TestStorage open() {
        String uri = "jdbc:h2:tcp://127.0.0.1:" + server.getPort() + "/./shared;USER=node;PASSWORD=a b";
        return new TestStorage(
                new Settings(Settings.Kind.H2, uri, 0, Duration.ofSeconds(30), TestStorage.CLUSTER, 1000, false, base));
    }

    private static void awaitUp(TestStorage storage) {
        Conditions.await("up", Duration.ofSeconds(30), storage.database()::isAvailable);
    }

    @Test
    void twoNodesWorkOnOneDatabaseAndOneMayStop() {
        Jid owner = Jid.of("u@h2.example");
        try (TestStorage a = open()) {
            try (TestStorage b = open()) {
                awaitUp(a);
                awaitUp(b);
                for (int n = 1; n <= 8; n++) {
                    Answers.of((n % 2 == 0 ? a : b).spool.store(SpoolContract.entry(owner, "", 100 - n)));
                }
                Set<MessageNumber> given = new HashSet<>();
                Answers.of(a.spool.claim(owner, "a", 5)).forEach(e -> given.add(e.number()));
                Answers.of(b.spool.claim(owner, "b", 5)).forEach(e -> given.add(e.number()));
                assertEquals(8, given.size());
                Answers.of(b.spool.delete(owner, "b", List.copyOf(given)));
                assertEquals(1, Answers.of(a.rosters.put(owner, RosterRepositoryContract.item(owner), 0)));
                assertEquals(2, Answers.of(b.rosters.put(owner, RosterRepositoryContract.item(owner), 1)));
                b.holder = 5;
                assertThrows(FencedException.class, () -> Answers.of(b.spool.store(SpoolContract.entry(owner, "", 1))));
            }
            assertEquals(5, Answers.of(a.spool.parked(owner, "a")).size());
            assertTrue(a.database().isAvailable());
        }
    }
}
