package org.skein.storage.jdbc.internal;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import org.skein.testkit.storage.AllStorageContracts;
import org.skein.testkit.storage.InMemoryStorage;

/** All repositories on one database, with the limits of the contracts. */
final class TestStorage implements Storage, AutoCloseable {
    private static final InMemoryStorage.Limits L = AllStorageContracts.LIMITS;
    static final Limits LIMITS =
            new Limits(L.spoolRowsPerOwner(), L.blockedPerOwner(), L.xmlPerOwner(), L.xmlBytes(), L.removedKept());

    static final Duration CLUSTER = Duration.ofSeconds(5);

    final LongAdder failed = new LongAdder();
    volatile long holder;
    private final Database database;
    private final Limits limits;
    final JdbcAccountRepository accounts = new JdbcAccountRepository(this);
    final JdbcRosterRepository rosters = new JdbcRosterRepository(this);
    final JdbcBlockListRepository blockLists = new JdbcBlockListRepository(this);
    final JdbcXmlStore xml = new JdbcXmlStore(this);
    final JdbcLastActivityRepository lastActivity = new JdbcLastActivityRepository(this);
    final JdbcSpool spool = new JdbcSpool(this);
    final JdbcSharedFiles sharedFiles = new JdbcSharedFiles(this);

    TestStorage(Settings settings) {
        this(settings, LIMITS);
    }

    TestStorage(Settings settings, Limits limits) {
        this.database = new Database(settings, failed, pool -> {}, () -> holder);
        this.limits = limits;
    }

    static Settings h2(Path base) {
        return new Settings(Settings.Kind.H2, "", 0, Duration.ofSeconds(30), CLUSTER, 1000, false, base);
    }

    static Settings mysql(String uri, Duration timeout) {
        return new Settings(Settings.Kind.MYSQL, uri, 0, timeout, CLUSTER, 1000, true, Path.of("."));
    }

    @Override
    public Database database() {
        return database;
    }

    @Override
    public Limits limits() {
        return limits;
    }

    @Override
    public void close() {
        database.close();
    }
}
