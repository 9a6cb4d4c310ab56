package org.skein.testkit.storage;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.skein.api.storage.AccountRepository;
import org.skein.api.storage.BlockListRepository;
import org.skein.api.storage.LastActivityRepository;
import org.skein.api.storage.RosterRepository;
import org.skein.api.storage.SharedFiles;
import org.skein.api.storage.Spool;
import org.skein.api.storage.StorageException;
import org.skein.api.storage.StorageStatus;
import org.skein.api.storage.XmlStore;
import org.skein.xmpp.Jid;

/**
 * Every repository, in memory. A call takes effect and its stage completes when the executor runs it: at once and on
 * the caller's thread unless another executor is given. {@link #available(boolean)} takes the "database" down: calls
 * then fail with {@link StorageException} and change nothing. Thread-safe.
 */
public final class InMemoryStorage implements StorageStatus {
    /** Bounds, as the real storage has them; 0 means none. */
    public record Limits(int spoolRowsPerOwner, int blockedPerOwner, int xmlPerOwner, int xmlBytes, int removedKept) {
        public static final Limits DEFAULT = new Limits(1000, 1000, 200, 256 * 1024, 200);
    }

    private final Calls calls;
    private final Limits limits;
    private final InMemoryAccounts accounts;
    private final InMemorySpool spool;
    private final InMemoryRosterRepository rosters = new InMemoryRosterRepository(this);
    private final InMemoryBlockListRepository blockLists = new InMemoryBlockListRepository(this);
    private final InMemoryXmlStore xml = new InMemoryXmlStore(this);
    private final InMemorySharedFiles sharedFiles = new InMemorySharedFiles(this);
    private final InMemoryLastActivityRepository lastActivity = new InMemoryLastActivityRepository(this);

    public InMemoryStorage() {
        this(Runnable::run, Limits.DEFAULT);
    }

    public InMemoryStorage(Limits limits) {
        this(Runnable::run, limits);
    }

    public InMemoryStorage(Executor executor) {
        this(executor, Limits.DEFAULT);
    }

    public InMemoryStorage(Executor executor, Limits limits) {
        this.calls = new Calls(executor);
        this.limits = limits;
        this.accounts = new InMemoryAccounts(calls, this::forget);
        this.spool = new InMemorySpool(calls, limits.spoolRowsPerOwner());
    }

    public AccountRepository accounts() {
        return accounts;
    }

    public RosterRepository rosters() {
        return rosters;
    }

    public BlockListRepository blockLists() {
        return blockLists;
    }

    public XmlStore xml() {
        return xml;
    }

    public LastActivityRepository lastActivity() {
        return lastActivity;
    }

    public Spool spool() {
        return spool;
    }

    public SharedFiles sharedFiles() {
        return sharedFiles;
    }

    /** Takes the database down, or up again. */
    public void available(boolean available) {
        calls.available(available);
    }

    @Override
    public boolean isAvailable() {
        return calls.isAvailable();
    }

    @Override
    public String description() {
        return isAvailable() ? "in memory" : "in memory, taken down by the test";
    }

    Limits limits() {
        return limits;
    }

    <T> CompletionStage<T> call(Supplier<T> call) {
        return calls.call(call);
    }

    CompletionStage<Void> run(Runnable call) {
        return calls.run(call);
    }

    private void forget(Jid owner) {
        rosters.forget(owner);
        blockLists.forget(owner);
        xml.forget(owner);
        lastActivity.forget(owner);
        spool.forget(owner);
    }
}
