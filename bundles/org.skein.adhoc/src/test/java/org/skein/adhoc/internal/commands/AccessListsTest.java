package org.skein.adhoc.internal.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.skein.adhoc.internal.commands.AccessLists.Change;
import org.skein.adhoc.internal.commands.AccessLists.Which;
import org.skein.api.command.Action;
import org.skein.api.command.CommandException;
import org.skein.api.command.CommandException.Kind;
import org.skein.api.component.Component;
import org.skein.api.component.ComponentContext;
import org.skein.api.component.RoutingPolicy;
import org.skein.api.storage.SharedFiles;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StanzaError;

class AccessListsTest {
    private static final String LOCAL = "x@a.example/pc";
    private static final String SPAMMER = "bot@evil.example/1";

    private final FakeCluster cluster = new FakeCluster("n1", "n2");
    private final Map<String, AccessLists> lists = new HashMap<>();
    private final Map<String, RoutingPolicy> policies = new HashMap<>();
    private final Function<FakeNode, Action<EditBlacklist.Input>> black = n -> new EditBlacklist(of(n.name));
    private final Function<FakeNode, Action<EditWhitelist.Input>> white = n -> new EditWhitelist(of(n.name));

    @AfterEach
    void stop() {
        lists.values().forEach(AccessLists::deactivate);
    }

    private AccessLists of(String node) {
        return lists.computeIfAbsent(node, name -> made(name, cluster.storage.sharedFiles()));
    }

    private AccessLists made(String node, SharedFiles files) {
        return new AccessLists(files, cluster.hosts, () -> Map.of("rooms.a.example", new Rooms()), policy -> {
            policies.put(node, policy);
            return () -> policies.remove(node);
        });
    }

    private static final class Rooms implements Component {
        @Override
        public java.util.concurrent.CompletionStage<Void> handle(Stanza stanza, ComponentContext context) {
            throw new UnsupportedOperationException();
        }
    }

    private static EditBlacklist.Input black(Change change, String... jids) {
        return new EditBlacklist.Input(
                change, List.of(jids).stream().map(Jid::of).toList());
    }

    private static EditWhitelist.Input white(Change change, String... jids) {
        return new EditWhitelist.Input(
                change, List.of(jids).stream().map(Jid::of).toList());
    }

    /** The condition a stanza is refused with on a node; empty if it passes. */
    private String refusal(String node, String from, String to) {
        return Optional.ofNullable(policies.get(node))
                .flatMap(p -> p.refusal(Jid.of(from), Jid.of(to)))
                .map(StanzaError::condition)
                .map(StanzaError.Condition::elementName)
                .orElse("");
    }

    private List<String> shown(Which which) {
        return of("n1").read(which).toCompletableFuture().join().stream()
                .map(Jid::toString)
                .toList();
    }

    @Test // XEP-0133 §4.11
    void whoIsOnTheBlacklistIsRefusedOnAllNodesAtOnce() {
        cluster.run(black, black(Change.REPLACE, "evil.example", "bad@good.example", "mallory@b.example"));
        for (String node : List.of("n1", "n2")) {
            assertEquals("forbidden", refusal(node, SPAMMER, LOCAL));
            assertEquals("not-allowed", refusal(node, LOCAL, SPAMMER));
            assertEquals("forbidden", refusal(node, SPAMMER, "a.example"));
            assertEquals("forbidden", refusal(node, "evil.example", LOCAL));
            assertEquals("not-allowed", refusal(node, LOCAL, "bad@good.example"));
            assertEquals("", refusal(node, LOCAL, "other@good.example/x"));
            assertEquals("forbidden", refusal(node, "mallory@b.example/1", LOCAL));
            assertEquals("not-allowed", refusal(node, LOCAL, "mallory@b.example"));
            assertEquals("forbidden", refusal(node, "mallory@b.example/1", "r@rooms.a.example"));
            assertEquals("forbidden", refusal(node, SPAMMER, "r@rooms.a.example"));
        }
    }

    @Test
    void aListedAccountStillReachesItsServerAndItself() {
        cluster.run(black, black(Change.ADD, "mallory@b.example"));
        assertEquals("", refusal("n1", "mallory@b.example/1", "b.example"));
        assertEquals("", refusal("n1", "a.example", "mallory@b.example/1"));
        assertEquals("", refusal("n1", "mallory@b.example/1", "mallory@b.example"));
    }

    @Test // XEP-0133 §4.12
    void aWhitelistLetsNobodyElseOfOtherServersIn() {
        cluster.run(white, white(Change.REPLACE, "friends.example", "one@good.example"));
        for (String node : List.of("n1", "n2")) {
            assertEquals("", refusal(node, "any@friends.example/x", LOCAL));
            assertEquals("", refusal(node, LOCAL, "one@good.example/x"));
            assertEquals("forbidden", refusal(node, "two@good.example/x", LOCAL));
            assertEquals("not-allowed", refusal(node, LOCAL, "two@good.example/x"));
            assertEquals("", refusal(node, LOCAL, "y@b.example"));
            assertEquals("", refusal(node, LOCAL, "r@rooms.a.example"));
        }
        cluster.run(black, black(Change.ADD, "any@friends.example"));
        assertEquals("forbidden", refusal("n2", "any@friends.example/x", LOCAL));
    }

    @Test
    void theRouterIsNotBotheredWhileBothAreEmpty() {
        of("n1");
        assertTrue(policies.isEmpty());
        cluster.run(black, black(Change.ADD, "evil.example"));
        assertEquals(2, policies.size());
        cluster.run(black, black(Change.REMOVE, "evil.example"));
        assertTrue(policies.isEmpty());
        cluster.run(white, white(Change.REPLACE, "friends.example"));
        cluster.run(white, white(Change.REPLACE));
        assertTrue(policies.isEmpty());
        cluster.run(black, black(Change.ADD, "evil.example"));
        of("n2").deactivate();
        assertEquals(1, policies.size());
    }

    @Test
    void aNodeThatStartsLaterOrWasNotReachedReadsThem() {
        cluster.run(black, black(null, "evil.example"));
        AccessLists late = made("late", cluster.storage.sharedFiles());
        lists.put("late", late);
        assertEquals("", refusal("late", SPAMMER, LOCAL));
        late.refresh().toCompletableFuture().join();
        assertEquals("forbidden", refusal("late", SPAMMER, LOCAL));
        cluster.run(black, black(Change.REPLACE));
        late.refresh().toCompletableFuture().join();
        assertEquals("", refusal("late", SPAMMER, LOCAL));
    }

    @Test
    void whatIsThereStaysWhileTheDatabaseIsAway() {
        cluster.run(black, black(Change.ADD, "evil.example"));
        cluster.storage.available(false);
        assertTrue(of("n1").refresh().toCompletableFuture().isCompletedExceptionally());
        assertEquals("forbidden", refusal("n1", SPAMMER, LOCAL));
        assertEquals(
                Kind.UNAVAILABLE,
                cluster.refused(black, black(Change.ADD, "more.example")).kind());
    }

    @Test
    void administratorsAndOwnDomainsCannotBeLockedOut() {
        assertEquals(
                Kind.CONFLICT,
                cluster.refused(black, black(Change.ADD, "admin@a.example")).kind());
        for (String own : List.of("b.example", "rooms.a.example", "x@evil.example/resource")) {
            assertEquals(
                    Kind.BAD_INPUT,
                    cluster.refused(black, black(Change.REPLACE, own)).kind(),
                    own);
        }
        // made an administrator later
        of("n1").store(Which.BLACKLIST, Change.ADD, List.of(FakeCluster.ADMIN), FakeCluster.ADMIN)
                .toCompletableFuture()
                .join();
        assertEquals("", refusal("n1", "admin@a.example/1", LOCAL));
    }

    @Test
    void nothingFilledInDoesNotEmptyAList() {
        cluster.run(black, black(Change.ADD, "evil.example"));
        assertEquals(Kind.BAD_INPUT, cluster.refused(black, black(null)).kind());
        assertEquals(Kind.BAD_INPUT, cluster.refused(black, black(Change.ADD)).kind());
        assertEquals(List.of("evil.example"), shown(Which.BLACKLIST));
        EditBlacklist edit = new EditBlacklist(of("n1"));
        assertEquals(
                Map.of("change", List.of("replace"), "blacklistjids", List.of("evil.example")),
                edit.prefill(1, Map.of()).toCompletableFuture().join());
    }

    /** Where somebody else does something each time a list was read and is about to be stored. */
    private record Between(SharedFiles files, Runnable meanwhile) implements SharedFiles {
        @Override
        public CompletionStage<List<Entry>> list(String kind) {
            return files.list(kind);
        }

        @Override
        public CompletionStage<Optional<byte[]>> load(Entry entry) {
            return files.load(entry);
        }

        @Override
        public CompletionStage<Entry> put(String kind, String name, byte[] content, String by, long expected) {
            meanwhile.run();
            return files.put(kind, name, content, by, expected);
        }

        @Override
        public CompletionStage<Void> remove(String kind, String name, long expected) {
            meanwhile.run();
            return files.remove(kind, name, expected);
        }
    }

    private void otherStores(Change change, String entry) {
        of("n2").store(Which.BLACKLIST, change, List.of(Jid.of(entry)), FakeCluster.ADMIN)
                .toCompletableFuture()
                .join();
    }

    /** On the first node the other one does these, one before each storing. */
    private void meanwhile(List<Runnable> others) {
        Deque<Runnable> left = new ArrayDeque<>(others);
        Between files = new Between(cluster.storage.sharedFiles(), () -> {
            if (!left.isEmpty()) left.remove().run();
        });
        lists.put("n1", made("n1", files));
    }

    @Test
    void ofTwoAdministratorsAtOnceBothAreHeard() {
        meanwhile(List.of(
                () -> otherStores(Change.ADD, "other.example"),
                () -> otherStores(Change.ADD, "third.example"),
                () -> otherStores(Change.REMOVE, "other.example"),
                () -> {},
                () -> otherStores(Change.REMOVE, "third.example")));
        cluster.run(black, black(Change.ADD, "evil.example"));
        assertEquals(List.of("evil.example", "third.example"), shown(Which.BLACKLIST));
        cluster.run(black, black(Change.REMOVE, "evil.example"));
        assertEquals(List.of(), shown(Which.BLACKLIST), "nothing that was removed comes back");
    }

    @Test
    void whoIsAlwaysTooLateIsToldSo() {
        List<Runnable> others = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            String entry = "d" + i + ".example";
            others.add(() -> otherStores(Change.ADD, entry));
        }
        meanwhile(others);
        CommandException refused = cluster.refused(black, black(Change.ADD, "evil.example"));
        assertEquals(Kind.CONFLICT, refused.kind());
        assertTrue(refused.getMessage().contains("changed by somebody else"), refused.getMessage());
        assertTrue(shown(Which.BLACKLIST).contains("d0.example"));
        assertFalse(shown(Which.BLACKLIST).contains("evil.example"));
    }

    @Test
    void theBoundOfAListIsInBytes() {
        String[] many = new String[2000];
        for (int i = 0; i < many.length; i++) many[i] = "語".repeat(50) + i + "@evil.example";
        CommandException refused = cluster.refused(black, black(Change.ADD, many));
        assertEquals(Kind.BAD_INPUT, refused.kind());
        assertTrue(refused.getMessage().contains("at most 5000 and 262144 are"), refused.getMessage());
        assertEquals(List.of(), shown(Which.BLACKLIST));
    }

    @Test
    void aListThatIsTooLongIsRefused() {
        String[] many = new String[AccessLists.MOST + 1];
        for (int i = 0; i < many.length; i++) many[i] = "d" + i + ".example";
        assertEquals(
                Kind.BAD_INPUT, cluster.refused(black, black(Change.ADD, many)).kind());
        assertEquals(List.of(), shown(Which.BLACKLIST));
    }
}
