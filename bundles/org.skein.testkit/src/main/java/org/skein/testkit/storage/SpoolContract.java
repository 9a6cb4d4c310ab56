package org.skein.testkit.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.skein.api.storage.MessageNumber;
import org.skein.api.storage.QuotaException;
import org.skein.api.storage.Spool;
import org.skein.api.storage.Spool.Entry;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/** Messages that wait (CLUSTER 12, 14). */
public interface SpoolContract extends StorageContract {
    /** A message numbered {@code n}. */
    static Entry entry(Jid owner, String session, long n) {
        Stanza stanza = Stanza.message()
                .from(Jid.of("sender@spool.example/\uD83D\uDC1D"))
                .to(owner)
                .type("chat")
                .id("m" + n)
                .add(Element.of("body", "jabber:client", "no. " + n + " \uD83D\uDC1D <&>"))
                .add(Element.of("x", "urn:x"))
                .build();
        return new Entry(owner, session, new MessageNumber(7, n), Instant.ofEpochMilli(1_000 + n), stanza);
    }

    private static List<String> ids(Collection<Entry> entries) {
        return entries.stream().map(e -> e.stanza().id()).toList();
    }

    private void store(Jid owner, String session, long n) {
        Answers.of(spool().store(entry(owner, session, n)));
    }

    @Test
    default void whatIsStoredComesBackWholeAndInOrder() {
        Jid owner = LONGEST;
        List<CompletionStage<Void>> stores = new ArrayList<>();
        List<Integer> order = List.of(5, 3, 9, 1, 7);
        order.forEach(n -> stores.add(spool().store(entry(owner, "", n))));
        stores.forEach(Answers::of);
        assertEquals(5, Answers.of(spool().count(owner)));

        List<Entry> claimed = Answers.of(spool().claim(owner, "token", 100));

        assertEquals(List.of("m5", "m3", "m9", "m1", "m7"), ids(claimed));
        Entry first = claimed.get(0);
        Entry sent = entry(owner, "token", 5);
        assertEquals(sent.owner(), first.owner());
        assertEquals("token", first.session());
        assertEquals(sent.number(), first.number());
        assertEquals(sent.storedAt(), first.storedAt());
        assertEquals(sent.stanza().toElement(), first.stanza().toElement());
    }

    @Test
    default void aPageOfLargeRowsIsShortAndSaysThatMoreMayFollow() {
        Jid owner = Jid.of("large@spool.example");
        String body = "x".repeat(Spool.PAGE_BYTES / 4);
        for (int n = 1; n <= 9; n++) {
            Stanza stanza = Stanza.message()
                    .to(owner)
                    .id("m" + n)
                    .add(Element.of("body", "jabber:client", body))
                    .build();
            Answers.of(spool().store(new Entry(owner, "", new MessageNumber(7, n), Instant.ofEpochMilli(n), stanza)));
        }
        List<Entry> first = Answers.of(spool().claim(owner, "s", 100));
        assertEquals(List.of("m1", "m2", "m3", "m4"), ids(first));
        assertTrue(Spool.mayBeMore(first, 100));
        assertEquals(List.of("m5", "m6", "m7", "m8"), ids(Answers.of(spool().claim(owner, "s", 100))));
        List<Entry> last = Answers.of(spool().claim(owner, "s", 100));
        assertEquals(List.of("m9"), ids(last));
        assertFalse(Spool.mayBeMore(last, 100));
        assertEquals(List.of("m1", "m2", "m3", "m4"), ids(Answers.of(spool().parked(owner, "s", 100))));
        assertEquals(List.of("m1", "m2"), ids(Answers.of(spool().parked(owner, "s", 2))));
        assertEquals(9, Answers.of(spool().parked(owner, "s")).size());
    }

    @Test
    default void aNumberIsStoredOnce() {
        Jid owner = Jid.of("once@spool.example");
        store(owner, "", 1);
        store(owner, "", 2);
        store(owner, "", 1);
        store(owner, "parked", 2);
        CompletionStage<Void> a = spool().store(entry(owner, "", 3));
        CompletionStage<Void> b = spool().store(entry(owner, "", 3));
        Answers.of(a);
        Answers.of(b);
        assertEquals(List.of("m1", "m2", "m3"), ids(Answers.of(spool().claim(owner, "s", 100))));
    }

    @Test
    default void ofOneOwnerCallsTakeEffectInTheirOrder() {
        Jid owner = Jid.of("calls@spool.example");
        CompletionStage<Void> stored = spool().store(entry(owner, "", 1));
        CompletionStage<List<Entry>> claimed = spool().claim(owner, "s", 10);
        CompletionStage<Void> later = spool().store(entry(owner, "", 2));
        CompletionStage<Integer> offline = spool().count(owner);
        CompletionStage<Void> deleted = spool().delete(owner, "s", List.of(new MessageNumber(7, 1)));
        CompletionStage<List<Entry>> parked = spool().parked(owner, "s");
        Answers.of(stored);
        assertEquals(List.of("m1"), ids(Answers.of(claimed)));
        Answers.of(later);
        assertEquals(1, Answers.of(offline));
        Answers.of(deleted);
        assertEquals(List.of(), ids(Answers.of(parked)));
    }

    @Test
    default void rowsAreClaimedOnceAndAtMostAsManyAsAskedFor() {
        Jid owner = Jid.of("claim@spool.example");
        IntStream.rangeClosed(1, 5).forEach(n -> store(owner, "", n));
        assertEquals(List.of("m1", "m2"), ids(Answers.of(spool().claim(owner, "a", 2))));
        assertEquals(List.of("m3", "m4"), ids(Answers.of(spool().claim(owner, "b", 2))));
        assertEquals(List.of("m5"), ids(Answers.of(spool().claim(owner, "a", 2))));
        assertEquals(List.of(), ids(Answers.of(spool().claim(owner, "a", 2))));
        assertEquals(List.of("m1", "m2", "m5"), ids(Answers.of(spool().parked(owner, "a"))));
        assertEquals(0, Answers.of(spool().count(owner)));
    }

    @Test
    default void parkedRowsAreReleasedInTheirOldPlace() {
        Jid owner = Jid.of("release@spool.example");
        store(owner, "a", 1);
        store(owner, "", 2);
        store(owner, "a", 3);
        store(owner, "b", 4);
        assertEquals(1, Answers.of(spool().count(owner)));
        assertEquals(2, Answers.of(spool().release(owner, "a")));
        assertEquals(0, Answers.of(spool().release(owner, "a")));
        assertEquals(3, Answers.of(spool().count(owner)));
        assertEquals(List.of("m4"), ids(Answers.of(spool().parked(owner, "b"))));
        assertEquals(List.of("m1", "m2", "m3"), ids(Answers.of(spool().claim(owner, "c", 10))));
    }

    @Test
    default void atStartEveryParkedRowIsReleased() {
        Jid one = Jid.of("one@spool.example");
        Jid two = Jid.of("two@spool.example");
        store(one, "x", 1);
        store(two, "y", 2);
        store(two, "", 3);
        assertTrue(Answers.of(spool().releaseAll()) >= 2);
        assertEquals(0, Answers.of(spool().releaseAll()));
        assertEquals(List.of("m1"), ids(Answers.of(spool().claim(one, "s", 10))));
        assertEquals(List.of("m2", "m3"), ids(Answers.of(spool().claim(two, "s", 10))));
    }

    @Test
    default void whatWasConfirmedIsDeleted() {
        Jid owner = Jid.of("delete@spool.example");
        Jid other = Jid.of("delete2@spool.example");
        IntStream.rangeClosed(1, 4).forEach(n -> store(owner, n == 4 ? "" : "s", n));
        store(other, "s", 1);
        Answers.of(spool().delete(owner, "s", numbers(1, 2, 9)));
        Answers.of(spool().delete(owner, "s", List.of(new MessageNumber(8, 3))));
        Answers.of(spool().delete(owner, "s", List.of()));
        assertEquals(List.of("m3"), ids(Answers.of(spool().parked(owner, "s"))));
        assertEquals(List.of("m4"), ids(Answers.of(spool().claim(owner, "t", 10))));
        assertEquals(1, Answers.of(spool().parked(other, "s")).size());
    }

    private static List<MessageNumber> numbers(long... n) {
        return LongStream.of(n).mapToObj(i -> new MessageNumber(7, i)).toList();
    }

    @Test // CLUSTER 6
    default void aSessionDeletesNoRowThatIsNotItsOwn() {
        Jid owner = Jid.of("mine@spool.example");
        store(owner, "a", 1);
        store(owner, "b", 2);
        store(owner, "", 3);
        store(owner, "a", 4);
        Answers.of(spool().release(owner, "a")); // taken for dead
        Answers.of(spool().delete(owner, "a", numbers(1, 2, 3, 4)));
        Answers.of(spool().delete(owner, "", numbers(1, 2, 3, 4)));
        assertEquals(0, Answers.of(spool().release(owner, "")));
        assertEquals(List.of("m1", "m3", "m4"), ids(Answers.of(spool().claim(owner, "c", 10))));
        assertEquals(List.of("m2"), ids(Answers.of(spool().parked(owner, "b"))));
    }

    @Test // CLUSTER 15
    default void whenAStreamGoesOnElsewhereItsRowsMoveInTheirPlace() {
        Jid owner = Jid.of("move@spool.example");
        Jid other = Jid.of("move2@spool.example");
        store(owner, "a", 1);
        store(owner, "b", 2);
        store(owner, "", 3);
        store(owner, "a", 4);
        store(other, "a", 1);
        assertEquals(2, Answers.of(spool().move(owner, "a", "b")));
        assertEquals(0, Answers.of(spool().move(owner, "a", "b")));
        assertEquals(0, Answers.of(spool().move(owner, "", "b")));
        Answers.of(spool().delete(owner, "a", numbers(1, 4)));
        assertEquals(List.of("m1", "m2", "m4"), ids(Answers.of(spool().parked(owner, "b"))));
        assertEquals(1, Answers.of(spool().count(owner)));
        assertEquals(1, Answers.of(spool().parked(other, "a")).size());
    }

    @Test // CLUSTER 14
    default void rowsWhoseHolderIsInNoViewBecomeOfflineAndTheirOwnersAreTold() {
        Jid one = Jid.of("swept1@spool.example");
        Jid two = Jid.of("swept2@spool.example");
        Jid three = Jid.of("swept3@spool.example");
        long gone = 1_700_000_000_000L;
        long live = gone + 1;
        store(one, Spool.token(gone, 1), 1);
        store(one, Spool.token(live, 1), 2);
        store(one, Spool.token(gone, 2), 3);
        store(two, "no token", 1);
        store(three, Spool.token(live, 2), 1);
        store(three, "", 2);
        Set<Jid> told = Answers.of(spool().releaseHoldersOutside(List.of(live, live + 1)));
        assertTrue(told.containsAll(List.of(one, two)) && !told.contains(three), told.toString());
        assertEquals(List.of("m1", "m3"), ids(Answers.of(spool().claim(one, "s", 10))));
        assertEquals(List.of("m2"), ids(Answers.of(spool().parked(one, Spool.token(live, 1)))));
        assertEquals(1, Answers.of(spool().count(two)));
        assertEquals(1, Answers.of(spool().count(three)));
    }

    @Test
    default void moreRowsWithoutHolderThanOneStatementTakesAreAllReleased() {
        long gone = 1_800_000_000_000L;
        List<Jid> owners = IntStream.range(0, 450)
                .mapToObj(i -> Jid.of("o" + i + "@swept.example"))
                .toList();
        List<CompletionStage<Void>> stores = new ArrayList<>();
        for (int n = 1; n <= 3; n++) {
            for (int i = 0; i < owners.size(); i++) {
                stores.add(spool().store(entry(owners.get(i), Spool.token(gone, i), n)));
            }
        }
        stores.forEach(Answers::of);
        Set<Jid> told = Answers.of(spool().releaseHoldersOutside(List.of()));
        assertTrue(told.containsAll(owners), "only " + told.size());
        assertEquals(Set.of(), Answers.of(spool().releaseHoldersOutside(List.of(gone))));
        owners.forEach(owner -> assertEquals(3, Answers.of(spool().count(owner)), owner.toString()));
    }

    @Test
    default void aTokenNamesTheIncarnationOfItsNode() {
        assertEquals(OptionalLong.of(1_700_000_000_000L), Spool.holder(Spool.token(1_700_000_000_000L, 35)));
        assertEquals(OptionalLong.of(Long.MAX_VALUE), Spool.holder(Spool.token(Long.MAX_VALUE, Long.MAX_VALUE)));
        for (String other : List.of("", "s", "-1", "!-1", "zzzzzzzzzzzzzzzzz-1")) {
            assertEquals(OptionalLong.empty(), Spool.holder(other), other);
        }
    }

    @Test
    default void atTheQuotaMessagesAreRefusedUntilThereIsRoom() {
        Jid owner = Jid.of("quota@spool.example");
        int quota = LIMITS.spoolRowsPerOwner();
        List<CompletionStage<Void>> stores = new ArrayList<>();
        for (int n = 1; n <= quota; n++) {
            stores.add(spool().store(entry(owner, n % 2 == 0 ? "" : "s", n)));
        }
        stores.forEach(Answers::of);
        assertThrows(QuotaException.class, () -> store(owner, "", quota + 1L));
        assertThrows(QuotaException.class, () -> store(owner, "s", quota + 2L));
        store(owner, "", quota); // there already
        store(Jid.of("quota2@spool.example"), "", 1);
        Answers.of(spool().delete(owner, "s", numbers(1, 3)));
        store(owner, "", quota + 3L);
        store(owner, "", quota + 4L);
        assertThrows(QuotaException.class, () -> store(owner, "", quota + 5L));
    }

    @Test
    default void repeatsDoNotCountForTheQuota() {
        Jid owner = Jid.of("repeats@spool.example");
        for (int n = 0; n < 3 * LIMITS.spoolRowsPerOwner(); n++) {
            store(owner, "", 1);
        }
        store(owner, "", 2);
        assertEquals(2, Answers.of(spool().count(owner)));
    }

    @Test
    default void ofManyOwnersAtOnceEachHasItsOrder() {
        List<Jid> owners = IntStream.range(0, 50)
                .mapToObj(i -> Jid.of("o" + i + "@many.example"))
                .toList();
        List<CompletionStage<Void>> stores = new ArrayList<>();
        for (int n = LIMITS.spoolRowsPerOwner(); n > 0; n--) {
            for (Jid owner : owners) {
                stores.add(spool().store(entry(owner, "", n)));
            }
        }
        stores.forEach(Answers::of);
        List<String> wanted = IntStream.iterate(LIMITS.spoolRowsPerOwner(), n -> n > 0, n -> n - 1)
                .mapToObj(n -> "m" + n)
                .toList();
        for (Jid owner : owners) {
            assertEquals(wanted, ids(Answers.of(spool().claim(owner, "s", 100))), owner.toString());
        }
    }
}
