package org.skein.testkit.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.skein.api.storage.ConflictException;
import org.skein.api.storage.RosterItem;
import org.skein.api.storage.RosterItem.Subscription;
import org.skein.api.storage.RosterRepository.Change;
import org.skein.api.storage.RosterRepository.StoredRoster;
import org.skein.xmpp.Jid;

/** Rosters and their versions (RFC 6121 §2.6). */
public interface RosterRepositoryContract extends StorageContract {
    static RosterItem item(Jid contact) {
        return new RosterItem(contact, "", Set.of(), Subscription.NONE, false, false, false, true, "");
    }

    @Test
    default void aRosterNeverTouchedIsEmptyAtVersionZero() {
        Jid owner = Jid.of("never@roster.example");
        assertEquals(new StoredRoster(0, List.of()), Answers.of(rosters().load(owner)));
        assertEquals(Optional.empty(), Answers.of(rosters().find(owner, Jid.of("a@b"))));
        assertEquals(Optional.empty(), Answers.of(rosters().remove(owner, Jid.of("a@b"))));
        assertTrue(Answers.of(rosters().changesSince(owner, 0)).orElseThrow().isEmpty());
    }

    @Test
    default void anItemComesBackAsItWasStored() {
        Jid owner = Jid.of("same@roster.example");
        RosterItem full = new RosterItem(
                LONGEST,
                "N\u00E4me \uD83D\uDC1D ' \" \\ \n <&> ",
                Set.of("Friends", "friends", "a\\nb", "line\nline", "\uD83D\uDC1D", " "),
                Subscription.FROM,
                true,
                true,
                true,
                false,
                "<presence xmlns='jabber:client' type='subscribe'><status>\uD83D\uDC1D</status></presence>");
        RosterItem plain = item(Jid.of("plain@roster.example"));
        assertEquals(1L, Answers.of(rosters().put(owner, full)));
        assertEquals(2L, Answers.of(rosters().put(owner, plain)));

        assertEquals(Optional.of(full), Answers.of(rosters().find(owner, LONGEST)));
        StoredRoster roster = Answers.of(rosters().load(owner));
        assertEquals(2, roster.version());
        assertEquals(Set.of(full, plain), Set.copyOf(roster.items()));
    }

    @Test
    default void aChangeDecidedOnAnOldVersionIsAConflict() {
        Jid owner = Jid.of("expected@roster.example");
        RosterItem one = item(Jid.of("one@roster.example"));
        RosterItem two = item(Jid.of("two@roster.example"));
        assertThrows(ConflictException.class, () -> Answers.of(rosters().put(owner, one, 1)));
        assertThrows(ConflictException.class, () -> Answers.of(rosters().remove(owner, one.contact(), 1)));
        assertEquals(1L, Answers.of(rosters().put(owner, one, 0)));
        assertThrows(ConflictException.class, () -> Answers.of(rosters().put(owner, two, 0)));
        assertThrows(ConflictException.class, () -> Answers.of(rosters().put(owner, two, 2)));
        assertEquals(2L, Answers.of(rosters().put(owner, two, 1)));
        assertThrows(ConflictException.class, () -> Answers.of(rosters().remove(owner, one.contact(), 1)));
        assertThrows(
                ConflictException.class, () -> Answers.of(rosters().remove(owner, Jid.of("nobody@roster.example"), 1)));
        assertEquals(
                new StoredRoster(2, List.of(one, two)),
                sorted(Answers.of(rosters().load(owner))));
        assertEquals(Optional.empty(), Answers.of(rosters().remove(owner, Jid.of("nobody@roster.example"), 2)));
        assertEquals(Optional.of(3L), Answers.of(rosters().remove(owner, one.contact(), 2)));
        assertEquals(new StoredRoster(3, List.of(two)), Answers.of(rosters().load(owner)));
        assertEquals(4L, Answers.of(rosters().put(owner, one)), "without a condition");
    }

    private static StoredRoster sorted(StoredRoster roster) {
        return new StoredRoster(
                roster.version(),
                roster.items().stream()
                        .sorted(Comparator.comparing(item -> item.contact().toString()))
                        .toList());
    }

    @Test
    default void aSecondStoreReplacesTheItem() {
        Jid owner = Jid.of("replace@roster.example");
        Jid contact = Jid.of("contact@roster.example");
        Answers.of(rosters().put(owner, item(contact)));
        RosterItem both = new RosterItem(contact, "B", Set.of("g"), Subscription.BOTH, false, false, false, true, "");
        assertEquals(2L, Answers.of(rosters().put(owner, both)));
        assertEquals(new StoredRoster(2, List.of(both)), Answers.of(rosters().load(owner)));
    }

    @Test // RFC 6121 §2.6.3
    default void changesAreToldOncePerContactAndOldestFirst() {
        Jid owner = Jid.of("changes@roster.example");
        RosterItem a = item(Jid.of("a@roster.example"));
        RosterItem b = item(Jid.of("b@roster.example"));
        RosterItem c = item(Jid.of("c@roster.example"));
        Answers.of(rosters().put(owner, a));
        Answers.of(rosters().put(owner, b));
        Answers.of(rosters().put(owner, c));
        Answers.of(rosters().put(owner, a));
        assertEquals(Optional.of(5L), Answers.of(rosters().remove(owner, b.contact())));
        assertEquals(Optional.empty(), Answers.of(rosters().remove(owner, b.contact())));

        assertEquals(
                List.of(
                        new Change(3, c.contact(), Optional.of(c)),
                        new Change(4, a.contact(), Optional.of(a)),
                        new Change(5, b.contact(), Optional.empty())),
                since(owner, 2));
        assertEquals(List.of(), since(owner, 5));
        assertEquals(2, Answers.of(rosters().load(owner)).items().size());
        assertEquals(Optional.empty(), Answers.of(rosters().find(owner, b.contact())));
    }

    private List<Change> since(Jid owner, long version) {
        Collection<Change> changes =
                Answers.of(rosters().changesSince(owner, version)).orElseThrow();
        return List.copyOf(changes);
    }

    @Test
    default void aRemovedContactMayComeBack() {
        Jid owner = Jid.of("back@roster.example");
        RosterItem item = item(Jid.of("contact@roster.example"));
        Answers.of(rosters().put(owner, item));
        Answers.of(rosters().remove(owner, item.contact()));
        assertEquals(3L, Answers.of(rosters().put(owner, item)));
        assertEquals(List.of(new Change(3, item.contact(), Optional.of(item))), since(owner, 1));
        assertEquals(1, Answers.of(rosters().load(owner)).items().size());
    }

    @Test
    default void whatIsTooLongAgoIsAnsweredWithNothingKnown() {
        Jid owner = Jid.of("long-ago@roster.example");
        int contacts = LIMITS.removedKept() + 3;
        for (int i = 0; i < contacts; i++) {
            Answers.of(rosters().put(owner, item(Jid.of("c" + i + "@roster.example"))));
        }
        for (int i = 0; i < contacts; i++) {
            Answers.of(rosters().remove(owner, Jid.of("c" + i + "@roster.example")));
        }
        long now = 2L * contacts;
        assertEquals(Optional.empty(), Answers.of(rosters().changesSince(owner, contacts)));
        assertEquals(Optional.empty(), Answers.of(rosters().changesSince(owner, now - LIMITS.removedKept() - 1)));
        assertEquals(
                LIMITS.removedKept(), since(owner, now - LIMITS.removedKept()).size());
        assertEquals(0, since(owner, now).size());
    }

    @Test
    default void aVersionThatNeverWasIsAnsweredWithNothingKnown() {
        Jid owner = Jid.of("future@roster.example");
        Answers.of(rosters().put(owner, item(Jid.of("a@roster.example"))));
        assertEquals(Optional.empty(), Answers.of(rosters().changesSince(owner, 2)));
    }

    @Test
    default void changesAtTheSameTimeHaveDifferentVersions() {
        Jid owner = Jid.of("busy@roster.example");
        List<CompletionStage<Long>> puts = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            puts.add(rosters().put(owner, item(Jid.of("c" + i + "@roster.example"))));
        }
        assertEquals(40, puts.stream().map(Answers::of).distinct().count());
        assertEquals(40, Answers.of(rosters().load(owner)).version());
        assertEquals(40, since(owner, 0).size());
    }
}
