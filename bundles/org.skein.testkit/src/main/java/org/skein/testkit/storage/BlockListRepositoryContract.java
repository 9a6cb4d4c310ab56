package org.skein.testkit.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    default void theListsOfManyAreLoadedAtOnce() {
        assertEquals(Map.of(), Answers.of(blockLists().loadAll(List.of())));
        List<Jid> owners = new ArrayList<>(List.of(LONGEST));
        Map<Jid, Set<Jid>> all = new HashMap<>();
        for (int i = 0; i < 1100; i++) owners.add(Jid.of("many" + i + "@block.example"));
        for (Jid owner : owners) all.put(owner, Set.of());
        for (int i : new int[] {0, 1, 511, 512, 513, 1024, 1100}) { // some of each part a storage may make of them
            Set<Jid> blocked = Set.of(Jid.of("first@block.example"), Jid.of("x" + i + "@block.example/Resource"));
            Answers.of(blockLists().add(owners.get(i), blocked));
            all.put(owners.get(i), blocked);
        }
        Answers.of(blockLists().add(Jid.of("not-asked@block.example"), List.of(Jid.of("first@block.example"))));
        assertEquals(all, Answers.of(blockLists().loadAll(owners)));
        assertEquals(
                Map.of(owners.get(1), all.get(owners.get(1))),
                Answers.of(blockLists().loadAll(List.of(owners.get(1), owners.get(1)))));
        Answers.of(blockLists().clear(LONGEST));
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
