package org.skein.storage.jdbc.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.skein.api.storage.FencedException;
import org.skein.api.storage.LastActivityRepository.LastActivity;
import org.skein.api.storage.MessageNumber;
import org.skein.api.storage.SharedFiles;
import org.skein.api.storage.Spool;
import org.skein.api.storage.XmlStore;
import org.skein.testkit.storage.Answers;
import org.skein.testkit.storage.RosterRepositoryContract;
import org.skein.testkit.storage.SpoolContract;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;

/** CLUSTER 6: writes of a node that is not in the view are refused by the database. */
interface FenceContract {
    long ME = 1_700_000_000_001L;
    long NEXT_LIFE = ME + 1;
    String MINE = Spool.token(ME, 1);
    String MINE_TOO = Spool.token(ME, 2);

    TestStorage storage();

    @AfterEach
    default void noFence() {
        storage().holder = 0;
        leave(ME);
        leave(NEXT_LIFE);
    }

    private void join(long incarnation) {
        Answers.of(storage()
                .database()
                .statement(c -> Sql.update(
                        c,
                        "INSERT INTO cluster_member (incarnation, name, epoch_joined) VALUES (?, 'me', 1)",
                        incarnation)));
    }

    private void leave(long incarnation) {
        Answers.of(storage()
                .database()
                .statement(c -> Sql.update(c, "DELETE FROM cluster_member WHERE incarnation = ?", incarnation)));
    }

    private static List<MessageNumber> number(long n) {
        return List.of(new MessageNumber(7, n));
    }

    private static List<String> ids(List<Spool.Entry> rows) {
        return rows.stream().map(row -> row.stanza().id()).toList();
    }

    @Test
    default void aMemberWritesAsIfAlone() {
        Jid owner = Jid.of("member@fence.example");
        Spool spool = storage().spool;
        join(ME);
        storage().holder = ME;
        List<CompletionStage<Void>> stores = new ArrayList<>();
        for (int n = 1; n <= 6; n++) {
            stores.add(spool.store(SpoolContract.entry(owner, n == 6 ? MINE : "", n)));
        }
        stores.add(spool.store(SpoolContract.entry(owner, "", 1))); // there already: not a fence
        stores.forEach(Answers::of);
        Answers.of(spool.store(SpoolContract.entry(owner, "", 2)));
        assertEquals(List.of("m1", "m2"), ids(Answers.of(spool.claim(owner, MINE, 2))));
        Answers.of(spool.delete(owner, MINE, number(1)));
        Answers.of(spool.delete(owner, MINE, number(1))); // gone already: not a fence
        assertEquals(2, Answers.of(spool.move(owner, MINE, MINE_TOO)));
        assertEquals(0, Answers.of(spool.move(owner, MINE, MINE_TOO)));
        assertEquals(0, Answers.of(spool.release(owner, MINE)));
        assertEquals(2, Answers.of(spool.release(owner, MINE_TOO)));
        assertEquals(List.of("m2", "m3", "m4", "m5", "m6"), ids(Answers.of(spool.claim(owner, MINE, 10))));
        assertFalse(Answers.of(spool.releaseHoldersOutside(List.of())).contains(owner), "I am in the view");
        assertEquals(5, Answers.of(spool.parked(owner, MINE)).size());
        assertTrue(Answers.of(storage().accounts.create(owner, List.of())));
        assertFalse(Answers.of(storage().accounts.create(owner, List.of())));
        assertFalse(Answers.of(storage().accounts.setDisabled(Jid.of("nobody@fence.example"), true)));
    }

    @Test
    default void whoIsNotInTheViewWritesNothing() {
        Jid owner = Jid.of("stranger@fence.example");
        Jid contact = Jid.of("contact@fence.example");
        TestStorage s = storage();
        Answers.of(s.accounts.create(owner, List.of()));
        Answers.of(s.spool.store(SpoolContract.entry(owner, "", 1)));
        Answers.of(s.spool.store(SpoolContract.entry(owner, MINE, 2)));
        Answers.of(s.rosters.put(owner, RosterRepositoryContract.item(contact)));
        Answers.of(s.blockLists.add(owner, List.of(contact)));
        Answers.of(s.xml.put(owner, XmlStore.VCARD, "", Element.of("a", "urn:a")));
        Answers.of(s.lastActivity.put(owner, new LastActivity(Instant.EPOCH, "before")));
        SharedFiles.Entry file = Answers.of(s.sharedFiles.put("fence", "f", new byte[] {1}, "x", 0));

        Map<String, Supplier<CompletionStage<?>>> writes = new LinkedHashMap<>();
        writes.put("store", () -> s.spool.store(SpoolContract.entry(owner, "", 3)));
        writes.put("park", () -> s.spool.store(SpoolContract.entry(owner, MINE, 4)));
        writes.put("store what is there", () -> s.spool.store(SpoolContract.entry(owner, "", 1)));
        writes.put("claim", () -> s.spool.claim(owner, MINE, 10));
        writes.put("delete row", () -> s.spool.delete(owner, MINE, number(2)));
        writes.put("release", () -> s.spool.release(owner, MINE));
        writes.put("move", () -> s.spool.move(owner, MINE, MINE_TOO));
        writes.put("release all", () -> s.spool.releaseAll());
        writes.put("release others'", () -> s.spool.releaseHoldersOutside(List.of()));
        writes.put("create", () -> s.accounts.create(contact, List.of()));
        writes.put("credentials", () -> s.accounts.setCredentials(owner, List.of()));
        writes.put("disable", () -> s.accounts.setDisabled(owner, true));
        writes.put("delete", () -> s.accounts.delete(owner));
        writes.put("roster put", () -> s.rosters.put(owner, RosterRepositoryContract.item(owner)));
        writes.put("roster put if", () -> s.rosters.put(owner, RosterRepositoryContract.item(owner), 1));
        writes.put("roster remove", () -> s.rosters.remove(owner, contact));
        writes.put("roster remove if", () -> s.rosters.remove(owner, contact, 1));
        writes.put("block", () -> s.blockLists.add(owner, List.of(owner)));
        writes.put("unblock", () -> s.blockLists.remove(owner, List.of(contact)));
        writes.put("unblock all", () -> s.blockLists.clear(owner));
        writes.put("xml put", () -> s.xml.put(owner, XmlStore.VCARD, "", Element.of("b", "urn:b")));
        writes.put("xml remove", () -> s.xml.remove(owner, XmlStore.VCARD, ""));
        writes.put("last", () -> s.lastActivity.put(owner, new LastActivity(Instant.EPOCH, "after")));
        writes.put("file put", () -> s.sharedFiles.put("fence", "f", new byte[] {2}, "x", file.version()));
        writes.put("file remove", () -> s.sharedFiles.remove("fence", "f", file.version()));
        storage().holder = ME;
        writes.forEach((what, write) -> assertThrows(FencedException.class, () -> Answers.of(write.get()), what));
        List<CompletionStage<Void>> many = new ArrayList<>();
        for (int n = 10; n < 60; n++) {
            many.add(s.spool.store(SpoolContract.entry(Jid.of("o" + n + "@fence.example"), "", n)));
        }
        many.forEach(store -> assertThrows(FencedException.class, () -> Answers.of(store)));

        assertEquals(1, Answers.of(s.spool.count(owner)));
        assertEquals(List.of("m2"), ids(Answers.of(s.spool.parked(owner, MINE))));
        assertEquals(0, Answers.of(s.spool.count(Jid.of("o10@fence.example"))));
        assertTrue(Answers.of(s.accounts.find(contact)).isEmpty());
        assertFalse(Answers.of(s.accounts.find(owner)).orElseThrow().disabled());
        assertEquals(1, Answers.of(s.rosters.load(owner)).version());
        assertEquals(1, Answers.of(s.rosters.load(owner)).items().size());
        assertEquals(Set.of(contact), Answers.of(s.blockLists.load(owner)));
        assertEquals(
                "a",
                Answers.of(s.xml.get(owner, XmlStore.VCARD, "")).orElseThrow().name());
        assertEquals(List.of(file), Answers.of(s.sharedFiles.list("fence")));
        assertEquals(
                "before", Answers.of(s.lastActivity.get(owner)).orElseThrow().status());
    }

    @Test
    default void whatAnEarlierLifeLeftWaitingIsRefusedInTheNext() {
        Jid owner = Jid.of("lives@fence.example");
        List<CompletionStage<?>> calls = new ArrayList<>();
        join(NEXT_LIFE);
        storage().holder = ME;
        for (int n = 1; n <= 50; n++) {
            calls.add(storage().spool.store(SpoolContract.entry(Jid.of("l" + n + "@fence.example"), "", n)));
            calls.add(storage().accounts.create(Jid.of("l" + n + "@fence.example"), List.of()));
        }
        storage().holder = NEXT_LIFE;
        CompletionStage<Void> now = storage().spool.store(SpoolContract.entry(owner, "", 1));
        calls.forEach(call -> assertThrows(FencedException.class, () -> Answers.of(call)));
        Answers.of(now);
        assertEquals(1, Answers.of(storage().spool.count(owner)));
    }

    @Test
    default void aNodeThatIsAloneFreesWhatMembersHoldUnlessTheyWereSeenAMomentAgo() {
        Jid dead = Jid.of("dead@fence.example");
        Jid live = Jid.of("live@fence.example");
        join(ME);
        join(NEXT_LIFE);
        seen(ME, 60);
        seen(NEXT_LIFE, 1);
        Answers.of(storage().spool.store(SpoolContract.entry(dead, MINE, 1)));
        Answers.of(storage().spool.store(SpoolContract.entry(live, Spool.token(NEXT_LIFE, 1), 1)));
        Set<Jid> told = Answers.of(storage().spool.releaseHoldersOutside(List.of()));
        assertTrue(told.contains(dead) && !told.contains(live), told.toString());
        assertEquals(1, Answers.of(storage().spool.count(dead)));
        assertEquals(0, Answers.of(storage().spool.count(live)));
    }

    private void seen(long incarnation, int secondsAgo) {
        Answers.of(storage()
                .database()
                .statement(c -> Sql.update(
                        c,
                        "INSERT INTO cluster_nodes (hostname, host, port, incarnation, fingerprint, last_updated)"
                                + " VALUES (?, 'h', 1, ?, '', CURRENT_TIMESTAMP(3) - INTERVAL '" + secondsAgo
                                + "' SECOND)",
                        "n" + incarnation,
                        incarnation)));
    }
}
