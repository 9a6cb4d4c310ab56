package org.skein.storage.jdbc.internal;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.skein.api.storage.MessageNumber;
import org.skein.api.storage.Spool.Entry;
import org.skein.xmpp.Jid;

/** One call of the spool, waiting in its owner's lane. */
sealed interface SpoolOperation {
    Jid owner();

    /** As it was when the call was made. */
    Fence fence();

    CompletableFuture<?> answer();

    record Store(Entry entry, Fence fence, CompletableFuture<Void> answer) implements SpoolOperation {
        @Override
        public Jid owner() {
            return entry.owner();
        }
    }

    record Delete(
            Jid owner, String session, Collection<MessageNumber> numbers, Fence fence, CompletableFuture<Void> answer)
            implements SpoolOperation {}

    record Claim(Jid owner, String session, int max, Fence fence, CompletableFuture<List<Entry>> answer)
            implements SpoolOperation {}

    /** @param max of one page; 0 for all of them */
    record Parked(Jid owner, String session, int max, Fence fence, CompletableFuture<List<Entry>> answer)
            implements SpoolOperation {}

    record Release(Jid owner, String session, Fence fence, CompletableFuture<Integer> answer)
            implements SpoolOperation {}

    record Move(Jid owner, String from, String to, Fence fence, CompletableFuture<Integer> answer)
            implements SpoolOperation {}

    record Count(Jid owner, Fence fence, CompletableFuture<Integer> answer) implements SpoolOperation {}
}
