package org.skein.adhoc.internal.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.skein.adhoc.internal.commands.AccessLists.Change;
import org.skein.adhoc.internal.commands.AccessLists.Which;
import org.skein.api.command.Action;
import org.skein.api.command.CommandException.Kind;
import org.skein.api.component.Component;
import org.skein.api.component.ComponentContext;
import org.skein.api.component.RoutingPolicy;
import org.skein.api.storage.XmlStore;
import org.skein.xmpp.Element;
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
        return lists.computeIfAbsent(node, name -> made(name, cluster.storage.xml()));
    }

    private AccessLists made(String node, XmlStore store) {
        return new AccessLists(store, cluster.hosts, () -> Map.of("rooms.a.example", new Rooms()), policy -> {
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
        AccessLists late = made("late", cluster.storage.xml());
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
        of("n1").store(Which.BLACKLIST, Change.ADD, List.of(FakeCluster.ADMIN))
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

    @Test
    void ofTwoAdministratorsAtOnceBothAreHeard() {
        XmlStore real = cluster.storage.xml();
        boolean[] isFirst = {true};
        XmlStore between = new XmlStore() {
            @Override
            public java.util.concurrent.CompletionStage<Void> put(
                    Jid owner, String collection, String key, Element value) {
                if (!isFirst[0]) return real.put(owner, collection, key, value);
                isFirst[0] = false;
                // the other reads before, and writes after us
                return real.put(owner, collection, key, value)
                        .thenCompose(v -> real.put(owner, collection, key, Element.of("list", "x", "other.example")));
            }

            @Override
            public java.util.concurrent.CompletionStage<Optional<Element>> get(
                    Jid owner, String collection, String key) {
                return real.get(owner, collection, key);
            }

            @Override
            public java.util.concurrent.CompletionStage<Void> remove(Jid owner, String collection, String key) {
                return real.remove(owner, collection, key);
            }
        };
        lists.put("n1", made("n1", between));
        cluster.run(black, black(Change.ADD, "evil.example"));
        assertEquals(List.of("evil.example", "other.example"), shown(Which.BLACKLIST));
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
