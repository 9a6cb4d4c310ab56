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

    CompletableFuture<?> answer();

    record Store(Entry entry, CompletableFuture<Void> answer) implements SpoolOperation {
        @Override
        public Jid owner() {
            return entry.owner();
        }
    }

    record Delete(Jid owner, String session, Collection<MessageNumber> numbers, CompletableFuture<Void> answer)
            implements SpoolOperation {}

    record Claim(Jid owner, String session, int max, CompletableFuture<List<Entry>> answer) implements SpoolOperation {}

    record Parked(Jid owner, String session, CompletableFuture<List<Entry>> answer) implements SpoolOperation {}

    record Release(Jid owner, String session, CompletableFuture<Integer> answer) implements SpoolOperation {}

    record Move(Jid owner, String from, String to, CompletableFuture<Integer> answer) implements SpoolOperation {}

    record Count(Jid owner, CompletableFuture<Integer> answer) implements SpoolOperation {}
}
