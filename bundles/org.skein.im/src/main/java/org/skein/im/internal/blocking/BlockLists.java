package org.skein.im.internal.blocking;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.auth.AccountListener;
import org.skein.api.session.AccountState;
import org.skein.api.storage.BlockListRepository;
import org.skein.im.internal.account.HeldStates;
import org.skein.xmpp.Jid;

/** All block lists: those of online accounts from memory, others read for the call. Changes are committed first. */
@Component(service = {BlockLists.class, AccountState.class, AccountListener.class})
public final class BlockLists implements AccountState<BlockList>, AccountListener {
    private static final int KEPT_OFFLINE = 1024;

    /** A change that is committed: the entries that were not, or were, in the list before. */
    record Change(BlockList list, Collection<Jid> entries) {}

    private final BlockListRepository repository;
    private final HeldStates<BlockList> held;

    @Activate
    public BlockLists(@Reference BlockListRepository repository) {
        this.repository = repository;
        this.held = new HeldStates<>(
                owner -> repository.load(owner).thenApply(blocked -> new BlockList(owner, blocked)), KEPT_OFFLINE);
    }

    @Override
    public Class<BlockList> type() {
        return BlockList.class;
    }

    @Override
    public CompletionStage<BlockList> load(Jid account) {
        return held.get(account.bare());
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
                    return new Change(list, added);
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
                return new Change(list, there);
            });
        });
    }
}
