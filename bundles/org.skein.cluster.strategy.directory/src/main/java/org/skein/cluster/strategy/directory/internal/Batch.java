package org.skein.cluster.strategy.directory.internal;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.skein.xmpp.Jid;

/** A request on its way, with what it says and who waits for it. */
sealed interface Batch {
    /** Empty if it turned out that there is nothing to say. */
    byte[] bytes();

    record Placed(byte[] bytes, Placement placement) implements Batch {}

    /**
     * @param accounts told as held or not
     * @param held those held, with what {@link OwnSessions#holding} is of each
     * @param by the number of the placement told last before
     */
    record Told(byte[] bytes, List<Jid> accounts, Map<Jid, Long> held, long by, List<Jid> forgotten, boolean complete)
            implements Batch {}

    /** @param unneeded who waited, and for nothing: these accounts are not cached there any more */
    record Changed(byte[] bytes, Map<Jid, CompletableFuture<Void>> waiting, List<CompletableFuture<Void>> unneeded)
            implements Batch {}

    /** @param refused cannot be asked there any more */
    record Asked(byte[] bytes, List<LookUp> asked, List<LookUp> refused) implements Batch {}
}
