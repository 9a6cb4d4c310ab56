package org.skein.testkit.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.skein.api.auth.ScramCredentials;
import org.skein.api.storage.AccountRepository.StoredAccount;
import org.skein.api.storage.LastActivityRepository.LastActivity;
import org.skein.api.storage.XmlStore;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;

/** Accounts. */
public interface AccountRepositoryContract extends StorageContract {
    private static ScramCredentials keys(String hash, int seed) {
        byte[] b = ("keys " + seed + "\0\uD83D\uDC1D").getBytes(StandardCharsets.UTF_8);
        return new ScramCredentials(hash, b, 4096 + seed, b, b);
    }

    @Test
    default void anAccountIsFoundWithAllItsKeys() {
        Jid jid = Jid.of("keys@accounts.example");
        assertEquals(Optional.empty(), Answers.of(accounts().find(jid)));
        assertTrue(Answers.of(accounts().create(jid, List.of(keys("SHA-1", 1), keys("SHA-256", 2)))));

        StoredAccount found = Answers.of(accounts().find(jid)).orElseThrow();

        assertEquals(jid, found.account());
        assertFalse(found.disabled());
        assertEquals(2, found.credentials().size());
        ScramCredentials sha256 = found.credentials().stream()
                .filter(k -> k.hash().equals("SHA-256"))
                .findFirst()
                .orElseThrow();
        assertEquals(4098, sha256.iterations());
        assertArrayEquals(keys("SHA-256", 2).salt(), sha256.salt());
        assertArrayEquals(keys("SHA-256", 2).storedKey(), sha256.storedKey());
        assertArrayEquals(keys("SHA-256", 2).serverKey(), sha256.serverKey());
    }

    @Test
    default void anAccountIsMadeOnceHoweverManyTryAtATime() {
        Jid jid = Jid.of("wanted@accounts.example");
        List<CompletionStage<Boolean>> tries = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            tries.add(accounts().create(jid, List.of(keys("SHA-1", i), keys("SHA-256", i))));
        }
        assertEquals(1, tries.stream().filter(Answers::of).count());
        List<ScramCredentials> found =
                Answers.of(accounts().find(jid)).orElseThrow().credentials();
        assertEquals(2, found.size());
        assertEquals(found.get(0).iterations(), found.get(1).iterations());
    }

    @Test
    default void keysAreReplacedAsAWhole() {
        Jid jid = Jid.of("changed@accounts.example");
        assertFalse(Answers.of(accounts().setCredentials(jid, List.of(keys("SHA-1", 1)))));
        Answers.of(accounts().create(jid, List.of(keys("SHA-1", 1), keys("SHA-256", 1))));
        assertTrue(Answers.of(accounts().setCredentials(jid, List.of(keys("SHA-256", 7)))));
        StoredAccount found = Answers.of(accounts().find(jid)).orElseThrow();
        assertEquals(1, found.credentials().size());
        assertEquals(4103, found.credentials().get(0).iterations());
    }

    @Test
    default void disablingKeepsTheKeys() {
        Jid jid = Jid.of("disabled@accounts.example");
        assertFalse(Answers.of(accounts().setDisabled(jid, true)));
        Answers.of(accounts().create(jid, List.of(keys("SHA-1", 1))));
        assertTrue(Answers.of(accounts().setDisabled(jid, true)));
        assertTrue(Answers.of(accounts().setDisabled(jid, true)));
        assertTrue(Answers.of(accounts().find(jid)).orElseThrow().disabled());
        assertTrue(Answers.of(accounts().setDisabled(jid, false)));
        StoredAccount found = Answers.of(accounts().find(jid)).orElseThrow();
        assertFalse(found.disabled());
        assertEquals(1, found.credentials().size());
    }

    @Test
    default void disabledAccountsOfADomainAreListedInPagesAndCounted() {
        List<Jid> disabled = new ArrayList<>();
        for (char c = 'a'; c < 'g'; c++) {
            Jid jid = Jid.of(c + "@locked.example");
            Answers.of(accounts().create(jid, List.of()));
            if (c != 'c') {
                Answers.of(accounts().setDisabled(jid, true));
                disabled.add(jid);
            }
        }
        Answers.of(accounts().create(Jid.of("a@locked2.example"), List.of()));
        Answers.of(accounts().setDisabled(Jid.of("a@locked2.example"), true));
        assertEquals(
                disabled.subList(0, 3), Answers.of(accounts().listDisabled("locked.example", Optional.empty(), 3)));
        assertEquals(
                disabled.subList(3, 5),
                Answers.of(accounts().listDisabled("locked.example", Optional.of(disabled.get(2)), 3)));
        assertEquals(5L, Answers.of(accounts().countDisabled("locked.example")));
        assertEquals(6L, Answers.of(accounts().count("locked.example")));
    }

    @Test
    default void addressesThatOnlyLookAlikeAreDifferentAccounts() {
        List<Jid> jids = List.of(
                Jid.of("strasse@like.example"),
                Jid.of("stra\u00DFe@like.example"),
                Jid.of("stra\u015Be@like.example"),
                Jid.of("e@like.example"),
                Jid.of("\u00E9@like.example"),
                Jid.of("\u4E2D@like.example"),
                Jid.of("a\\20@like.example"),
                Jid.of("a_%@like.example"));
        for (Jid jid : jids) {
            assertTrue(Answers.of(accounts().create(jid, List.of())), jid.toString());
        }
        assertEquals(Set.copyOf(jids), Set.copyOf(Answers.of(accounts().list("like.example", Optional.empty(), 100))));
    }

    @Test
    default void accountsOfADomainAreListedInPages() {
        List<Jid> all = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            all.add(Jid.of("user" + (char) ('a' + i) + "@pages.example"));
        }
        for (int i = 24; i >= 0; i--) {
            Answers.of(accounts().create(all.get(i), List.of()));
        }
        Answers.of(accounts().create(Jid.of("other@pages2.example"), List.of()));

        List<Jid> listed = new ArrayList<>();
        Optional<Jid> after = Optional.empty();
        for (List<Jid> page = next(after); !page.isEmpty(); page = next(after)) {
            listed.addAll(page);
            after = Optional.of(page.get(page.size() - 1));
        }
        assertEquals(all, listed);
        assertEquals(25L, Answers.of(accounts().count("pages.example")));
        assertEquals(0L, Answers.of(accounts().count("nobody.example")));
    }

    private List<Jid> next(Optional<Jid> after) {
        List<Jid> page = Answers.of(accounts().list("pages.example", after, 10));
        assertTrue(page.size() <= 10);
        return page;
    }

    @Test
    default void theLongestAddressHasAnAccount() {
        assertTrue(Answers.of(accounts().create(LONGEST, List.of(keys("SHA-256", 3)))));
        assertFalse(Answers.of(accounts().create(LONGEST, List.of(keys("SHA-256", 3)))));
        assertTrue(Answers.of(accounts().find(LONGEST)).isPresent());
        assertTrue(Answers.of(accounts().list(LONGEST.domain(), Optional.empty(), 10))
                .contains(LONGEST));
        assertTrue(Answers.of(accounts().delete(LONGEST)));
    }

    @Test
    default void withAnAccountGoesAllItOwns() {
        Jid gone = Jid.of("gone@accounts.example");
        Jid stays = Jid.of("stays@accounts.example");
        Element card = Element.of("vCard", "vcard-temp", "x");
        for (Jid jid : List.of(gone, stays)) {
            Answers.of(accounts().create(jid, List.of(keys("SHA-256", 1))));
            Answers.of(rosters().put(jid, RosterRepositoryContract.item(LONGEST)));
            Answers.of(blockLists().add(jid, List.of(LONGEST)));
            Answers.of(xml().put(jid, XmlStore.VCARD, "", card));
            Answers.of(lastActivity().put(jid, new LastActivity(Instant.EPOCH, "bye")));
            Answers.of(spool().store(SpoolContract.entry(jid, "", 1)));
            Answers.of(spool().store(SpoolContract.entry(jid, "parked", 2)));
        }
        assertTrue(Answers.of(accounts().delete(gone)));
        assertFalse(Answers.of(accounts().delete(gone)));
        assertTrue(isThere(stays, true));
        assertTrue(isThere(gone, false));
    }

    private boolean isThere(Jid jid, boolean wanted) {
        assertEquals(wanted, Answers.of(accounts().find(jid)).isPresent());
        assertEquals(wanted ? 1 : 0, Answers.of(rosters().load(jid)).items().size());
        assertEquals(wanted ? 1 : 0, Answers.of(rosters().load(jid)).version());
        assertEquals(wanted ? 1 : 0, Answers.of(blockLists().load(jid)).size());
        assertEquals(wanted, Answers.of(xml().get(jid, XmlStore.VCARD, "")).isPresent());
        assertEquals(wanted, Answers.of(lastActivity().get(jid)).isPresent());
        assertEquals(wanted ? 1 : 0, Answers.of(spool().count(jid)));
        assertEquals(wanted ? 1 : 0, Answers.of(spool().parked(jid, "parked")).size());
        return true;
    }
}
