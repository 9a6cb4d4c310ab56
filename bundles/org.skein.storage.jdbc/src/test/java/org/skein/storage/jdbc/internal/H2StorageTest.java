package org.skein.storage.jdbc.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skein.testkit.storage.Answers;
import org.skein.testkit.storage.SpoolContract;
import org.skein.xmpp.Jid;

final class H2StorageTest implements JdbcContracts {
    @TempDir
    static Path base;

    private static TestStorage storage;

    @BeforeAll
    static void open() {
        storage = new TestStorage(TestStorage.h2(base));
    }

    @AfterAll
    static void close() {
        storage.close();
    }

    @Override
    public TestStorage storage() {
        return storage;
    }

    @Test
    void theFileIsWhereTheInstanceKeepsItsData() {
        Answers.of(accounts().count("x"));
        assertTrue(Files.exists(base.resolve("data/db.mv.db")));
        assertTrue(storage.database().description().contains("data/db"));
    }

    @Test
    void orderAndQuotaSurviveARestart(@TempDir Path other) {
        Jid owner = Jid.of("restart@spool.example");
        for (int run = 0; run < 3; run++) {
            try (TestStorage s = new TestStorage(TestStorage.h2(other))) {
                Answers.of(s.spool.store(SpoolContract.entry(owner, "", 100 - run)));
            }
        }
        try (TestStorage s = new TestStorage(TestStorage.h2(other))) {
            List<String> ids = Answers.of(s.spool.claim(owner, "s", 10)).stream()
                    .map(e -> e.stanza().id())
                    .toList();
            assertEquals(List.of("m100", "m99", "m98"), ids);
        }
    }
}
