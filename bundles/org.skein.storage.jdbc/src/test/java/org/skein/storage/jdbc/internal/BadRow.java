package org.skein.storage.jdbc.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.skein.api.storage.StorageException;
import org.skein.testkit.storage.Answers;
import org.skein.testkit.storage.SpoolContract;
import org.skein.xmpp.Jid;

/** CLUSTER 12: a failed batch is retried row by row and only the bad row is refused. */
final class BadRow {
    private static final String TOO_LONG = "x".repeat(300); // for the column of sessions

    private BadRow() {}

    static void isRefusedAlone(TestStorage storage) {
        Jid owner = Jid.of("bad@row.example");
        List<CompletionStage<Void>> stores = new ArrayList<>();
        for (int n = 1; n <= 9; n++) {
            stores.add(storage.spool.store(SpoolContract.entry(owner, n == 5 ? TOO_LONG : "", n)));
        }
        CompletionStage<Void> bad = stores.remove(4);
        stores.forEach(Answers::of);
        assertThrows(StorageException.class, () -> Answers.of(bad));
        List<String> ids = Answers.of(storage.spool.claim(owner, "s", 100)).stream()
                .map(e -> e.stanza().id())
                .toList();
        assertEquals(List.of("m1", "m2", "m3", "m4", "m6", "m7", "m8", "m9"), ids);
    }
}
