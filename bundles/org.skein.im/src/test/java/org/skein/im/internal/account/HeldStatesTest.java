package org.skein.im.internal.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.skein.xmpp.Jid;

/** States of many accounts, loaded together. */
class HeldStatesTest {
    private static final Jid ANNA = Jid.of("anna@localhost");
    private static final Jid BEN = Jid.of("ben@localhost");
    private static final Jid CLEO = Jid.of("cleo@localhost");

    /** A call of the loader of many. */
    private record Call(Set<Jid> accounts, CompletableFuture<Map<Jid, AtomicReference<String>>> answer) {
        void answers(String text) {
            Map<Jid, AtomicReference<String>> all = new java.util.HashMap<>();
            accounts.forEach(a -> all.put(a, new AtomicReference<>(text)));
            answer.complete(all);
        }
    }

    private final List<Jid> single = new ArrayList<>();
    private final HeldStates<AtomicReference<String>> states = new HeldStates<>(this::one, 10);
    private final List<Call> calls = new ArrayList<>();

    private CompletionStage<AtomicReference<String>> one(Jid account) {
        single.add(account);
        return CompletableFuture.completedFuture(new AtomicReference<>("alone"));
    }

    private CompletionStage<Map<Jid, AtomicReference<String>>> many(Collection<Jid> accounts) {
        Call call = new Call(Set.copyOf(accounts), new CompletableFuture<>());
        calls.add(call);
        return call.answer();
    }

    private CompletableFuture<Map<Jid, AtomicReference<String>>> get(Jid... accounts) {
        return states.getAll(List.of(accounts), this::many).toCompletableFuture();
    }

    private static String text(CompletableFuture<Map<Jid, AtomicReference<String>>> got, Jid account) {
        return got.join().get(account).get();
    }

    @Test
    void onlyThoseNotInMemoryAreLoadedAndAllAtOnce() {
        AtomicReference<String> there = states.get(ANNA).toCompletableFuture().join();
        var got = get(ANNA, BEN, CLEO, BEN);
        assertEquals(
                List.of(Set.of(BEN, CLEO)), calls.stream().map(Call::accounts).toList());
        assertFalse(got.isDone());
        calls.get(0).answers("together");
        assertEquals(Set.of(ANNA, BEN, CLEO), got.join().keySet());
        assertSame(there, got.join().get(ANNA));
        assertEquals("together", text(got, BEN));
        assertSame(got.join().get(BEN), states.inMemory(BEN));
        assertTrue(get(BEN, CLEO).isDone());
        assertEquals(1, calls.size());
    }

    @Test // CLUSTER 22
    void aChangeThatComesWhileTheyAreLoadedIsMadeBehindThat() {
        var got = get(ANNA, BEN);
        CompletionStage<Void> change = states.ifHeld(BEN, state -> {
            state.set("changed");
            return CompletableFuture.completedFuture(null);
        });
        assertFalse(change.toCompletableFuture().isDone());
        calls.get(0).answers("older");
        assertTrue(change.toCompletableFuture().isDone());
        assertEquals("changed", text(got, BEN));
        assertEquals("changed", states.inMemory(BEN).get());
        assertEquals("older", text(got, ANNA));
    }

    @Test
    void whoIsJustBeingChangedIsNotLoadedBesideThat() {
        CompletableFuture<Void> change = new CompletableFuture<>();
        states.inTurn(ANNA, state -> change.thenRun(() -> state.set("changed")));
        var got = get(ANNA, BEN);
        assertEquals(List.of(Set.of(BEN)), calls.stream().map(Call::accounts).toList());
        calls.get(0).answers("together");
        assertFalse(got.isDone());
        change.complete(null);
        assertEquals("changed", text(got, ANNA));
        assertEquals("together", text(got, BEN));
    }

    @Test
    void whoCouldNotBeChangedIsLoadedAlone() {
        CompletableFuture<Void> removal = new CompletableFuture<>();
        states.inTurn(ANNA, state -> removal);
        var got = get(ANNA);
        assertEquals(List.of(), calls);
        states.forget(ANNA);
        removal.complete(null);
        assertEquals(List.of(ANNA, ANNA), single);
        assertEquals("alone", text(got, ANNA));
    }

    @Test
    void twoThatWantTheSameDoNotWaitForEachOther() {
        var first = get(ANNA, BEN);
        var second = get(BEN, CLEO);
        var third = get(CLEO, ANNA);
        assertEquals(
                List.of(Set.of(ANNA, BEN), Set.of(CLEO)),
                calls.stream().map(Call::accounts).toList());
        calls.get(1).answers("two");
        calls.get(0).answers("one");
        assertEquals("one", text(first, ANNA));
        assertEquals("one", text(second, BEN));
        assertEquals("two", text(second, CLEO));
        assertEquals("two", text(third, CLEO));
        assertEquals(List.of(), single);
    }

    @Test
    void whoCannotBeLoadedIsLeftOutAndTriedAgain() {
        states.get(ANNA);
        var failed = get(ANNA, BEN);
        calls.get(0).answer().completeExceptionally(new IllegalStateException("down"));
        assertEquals(Set.of(ANNA), failed.join().keySet());
        assertNull(states.inMemory(BEN));
        var thrown = states.getAll(List.of(BEN), accounts -> {
            throw new IllegalStateException("broken");
        });
        assertEquals(Map.of(), thrown.toCompletableFuture().join());
        var left = get(BEN, CLEO);
        calls.get(1).answer().complete(Map.of(CLEO, new AtomicReference<>("here")));
        assertEquals(Set.of(CLEO), left.join().keySet());
        var again = get(BEN);
        calls.get(2).answers("up");
        assertEquals("up", text(again, BEN));
    }
}
