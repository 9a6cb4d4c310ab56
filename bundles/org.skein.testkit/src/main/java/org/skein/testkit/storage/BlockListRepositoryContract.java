package org.skein.testkit.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.skein.api.storage.QuotaException;
import org.skein.xmpp.Jid;

/** Block lists (XEP-0191). */
public interface BlockListRepositoryContract extends StorageContract {
    @Test
    default void addressesOfEveryFormAreBlockedAndUnblocked() {
        Jid owner = Jid.of("forms@block.example");
        Jid full = LONGEST.withResource("\uD83D\uDC1D".repeat(255));
        Jid upper = Jid.of("a@b.example/Resource");
        Jid lower = Jid.of("a@b.example/resource");
        Jid domain = Jid.of("spam.example");
        assertEquals(Set.of(), Answers.of(blockLists().load(owner)));

        Answers.of(blockLists().add(owner, List.of(full, upper)));
        Answers.of(blockLists().add(owner, List.of(full, lower, domain)));
        assertEquals(Set.of(full, upper, lower, domain), Answers.of(blockLists().load(owner)));

        Answers.of(blockLists().remove(owner, List.of(upper, Jid.of("never@block.example"))));
        assertEquals(Set.of(full, lower, domain), Answers.of(blockLists().load(owner)));

        Answers.of(blockLists().clear(owner));
        assertEquals(Set.of(), Answers.of(blockLists().load(owner)));
        Answers.of(blockLists().add(owner, List.of()));
        Answers.of(blockLists().remove(owner, List.of()));
    }

    @Test
    default void aListBeyondTheLimitIsRefusedAsAWhole() {
        Jid owner = Jid.of("limit@block.example");
        List<Jid> most = new ArrayList<>();
        for (int i = 0; i < LIMITS.blockedPerOwner(); i++) {
            most.add(Jid.of("c" + i + "@block.example"));
        }
        Answers.of(blockLists().add(owner, most.subList(1, most.size())));
        List<Jid> tooMany = List.of(most.get(0), Jid.of("more@block.example"));
        assertThrows(QuotaException.class, () -> Answers.of(blockLists().add(owner, tooMany)));
        assertEquals(
                Set.copyOf(most.subList(1, most.size())),
                Answers.of(blockLists().load(owner)));
        Answers.of(blockLists().add(owner, most)); // only one of them is new
        assertEquals(Set.copyOf(most), Answers.of(blockLists().load(owner)));
    }
}
