package org.skein.im.internal.blocking;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.auth.AccountListener;
import org.skein.api.session.AccountState;
import org.skein.api.storage.BlockListRepository;
import org.skein.cluster.api.ClusterListener;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.View;
import org.skein.im.internal.account.HeldStates;
import org.skein.im.internal.account.OtherNodes;
import org.skein.im.internal.account.PeerMessage;
import org.skein.im.internal.account.Refresh;
import org.skein.xmpp.Jid;

/**
 * All block lists: those of online accounts from memory, others read for the call and kept for a while, because what is
 * sent to a user on another node is decided here. Changes are committed first; nodes that have a copy then read it anew.
 */
@Component(service = {BlockLists.class, AccountState.class, AccountListener.class, ClusterListener.class})
public final class BlockLists implements AccountState<BlockList>, AccountListener, ClusterListener {
    /** Between nodes: an account's list has changed. */
    static final String CHANNEL = "im.blocking";

    static final int BLOCKED = 1;
    static final int UNBLOCKED = 2;

    private static final int KEPT = 10_000;

    /**
     * A change that is committed.
     *
     * @param added entries that were not in the list before
     * @param removed entries that were
     * @param confirmed completes when all nodes have it
     */
    record Change(BlockList list, Collection<Jid> added, Collection<Jid> removed, CompletionStage<Void> confirmed) {}

    private final BlockListRepository repository;
    private final OtherNodes others;
    private final HeldStates<BlockList> held;
    private final Refresh refresh;

    @Activate
    public BlockLists(@Reference BlockListRepository repository, @Reference OtherNodes others) {
        this.repository = repository;
        this.others = others;
        this.held = new HeldStates<>(
                owner -> repository.load(owner).thenApply(blocked -> new BlockList(owner, blocked)), KEPT);
        this.refresh = new Refresh(this::refreshAll);
    }

    @Override
    public Class<BlockList> type() {
        return BlockList.class;
    }

    @Override
    public CompletionStage<BlockList> load(Jid account) {
        return held.get(account.bare());
    }

    /** Those of many; which the database does not give are left out. Never fails. */
    public CompletionStage<Map<Jid, BlockList>> loadAll(Collection<Jid> accounts) {
        return held.getAll(
                accounts,
                missing -> repository.loadAll(missing).thenApply(lists -> {
                    Map<Jid, BlockList> loaded = new HashMap<>();
                    lists.forEach((owner, blocked) -> loaded.put(owner, new BlockList(owner, blocked)));
                    return loaded;
                }));
    }

    /** The list if it is in memory, else null. */
    public BlockList inMemory(Jid account) {
        return held.inMemory(account);
    }

    @Override
    public void accountRemoved(Jid account) {
        held.forget(account.bare());
    }

    CompletionStage<Change> block(Jid owner, Collection<Jid> entries) {
        return held.inTurn(
                owner,
                list -> repository.add(owner, entries).thenApply(done -> {
                    List<Jid> added = entries.stream()
                            .filter(e -> !list.entries().contains(e))
                            .toList();
                    list.add(entries);
                    return new Change(list, added, List.of(), confirmed(BLOCKED, owner, entries));
                }));
    }

    /** @param entries empty for all */
    CompletionStage<Change> unblock(Jid owner, Collection<Jid> entries) {
        return held.inTurn(owner, list -> {
            Collection<Jid> there = entries.isEmpty()
                    ? list.entries()
                    : entries.stream().filter(list.entries()::contains).toList();
            CompletionStage<Void> committed =
                    entries.isEmpty() ? repository.clear(owner) : repository.remove(owner, entries);
            return committed.thenApply(done -> {
                list.remove(there);
                return new Change(list, List.of(), there, confirmed(UNBLOCKED, owner, entries));
            });
        });
    }

    private CompletionStage<Void> confirmed(int operation, Jid owner, Collection<Jid> entries) {
        return others.confirmed(CHANNEL, () -> new PeerMessage(operation, owner, entries).toBytes());
    }

    /** Brings in what another node stored; empty if there is no copy here. */
    CompletionStage<Optional<Change>> reload(Jid owner) {
        AtomicReference<Change> change = new AtomicReference<>();
        return held.ifHeld(owner, list -> reload(owner, list).thenAccept(change::set))
                .thenApply(done -> Optional.ofNullable(change.get()));
    }

    private CompletionStage<Change> reload(Jid owner, BlockList list) {
        return repository.load(owner).thenApply(now -> {
            Set<Jid> before = list.entries();
            list.replace(now);
            return new Change(
                    list, without(now, before), without(before, now), CompletableFuture.completedFuture(null));
        });
    }

    static Set<Jid> without(Set<Jid> some, Set<Jid> others) {
        Set<Jid> rest = new HashSet<>(some);
        rest.removeAll(others);
        return rest;
    }

    private void refreshAll() {
        held.all(list -> reload(list.owner(), list).thenAccept(change -> {}));
    }

    @Override
    public void changed(View now, Set<NodeId> left, Set<NodeId> joined) {
        refresh.changed(now, joined);
    }

    @Override
    public void serving(boolean serving) {
        refresh.serving(serving);
    }

    @Override
    public void excluded() {
        refresh.excluded();
    }
}
