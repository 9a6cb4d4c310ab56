package org.skein.adhoc.internal.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.skein.adhoc.internal.commands.FakeCluster.value;
import static org.skein.adhoc.internal.commands.FakeCluster.values;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.skein.api.command.Action;
import org.skein.api.command.CommandException.Kind;
import org.skein.api.command.Result;
import org.skein.api.storage.LastActivityRepository.LastActivity;
import org.skein.api.storage.RosterItem;
import org.skein.xmpp.Jid;

class AccountCommandsTest {
    private final FakeCluster cluster = new FakeCluster("n1", "n2", "n3");
    private final Function<FakeNode, Action<AddUser.Input>> add = n -> new AddUser(cluster.accounts, cluster.hosts);
    private final Function<FakeNode, Action<ForEachAccount.Input>> delete =
            n -> new DeleteUsers(cluster.accounts, cluster.hosts);
    private final Function<FakeNode, Action<ForEachAccount.Input>> disable =
            n -> new DisableUsers(cluster.accounts, cluster.hosts);
    private final Function<FakeNode, Action<ForEachAccount.Input>> enable =
            n -> new EnableUsers(cluster.accounts, cluster.hosts);
    private final Function<FakeNode, Action<UserPage>> registered =
            n -> new RegisteredUsers(cluster.accounts, cluster.hosts);
    private final Function<FakeNode, Action<UserPage>> disabled =
            n -> new DisabledUsers(cluster.accounts, cluster.hosts);

    private static List<Jid> jids(String... jids) {
        return Arrays.stream(jids).map(Jid::of).toList();
    }

    private static AddUser.Input added(String jid, String password, String verify) {
        return new AddUser.Input(Jid.of(jid), password, verify);
    }

    private static ForEachAccount.Input these(String... jids) {
        return new ForEachAccount.Input(jids(jids));
    }

    private boolean exists(String jid) {
        return cluster.accounts.exists(Jid.of(jid)).toCompletableFuture().join();
    }

    @Test // XEP-0133 §4.1
    void anAccountIsAddedOnce() {
        cluster.run(add, added("x@a.example", "secret", "secret"));
        assertTrue(exists("x@a.example"));
        assertEquals(
                Kind.CONFLICT,
                cluster.refused(add, added("x@a.example", "secret", "")).kind());
    }

    @Test
    void whatIsWrongWithANewAccountIsSaid() {
        assertEquals(
                "the two passwords are not the same",
                cluster.refused(add, added("x@a.example", "secret", "secrte")).getMessage());
        assertEquals(
                "password has 0 bytes",
                cluster.refused(add, added("x@a.example", "", "")).getMessage());
        assertFalse(exists("x@a.example"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x@other.example", "a.example", "x@a.example/home"})
    void anAddressThatIsNoAccountHereIsBadInput(String jid) {
        assertEquals(
                Kind.BAD_INPUT, cluster.refused(add, added(jid, "secret", "")).kind());
        assertEquals(Kind.BAD_INPUT, cluster.refused(delete, these(jid)).kind());
        assertEquals(
                Kind.BAD_INPUT,
                cluster.refused(
                                n -> new ChangePassword(cluster.accounts, cluster.hosts),
                                new ChangePassword.Input(Jid.of(jid), "secret"))
                        .kind());
    }

    @Test // XEP-0133 §4.2
    void accountsAreRemovedAllOrNone() {
        cluster.accounts("x@a.example", "y@b.example");
        assertEquals(
                "no such account: nobody@a.example",
                cluster.refused(delete, these("x@a.example", "nobody@a.example"))
                        .getMessage());
        assertTrue(exists("x@a.example"));
        assertEquals(
                "removed x@a.example, y@b.example",
                cluster.run(delete, these("x@a.example", "y@b.example", "x@a.example"))
                        .text());
        assertFalse(exists("x@a.example"));
        assertFalse(exists("y@b.example"));
    }

    @Test // XEP-0133 §4.3, §4.4, §4.14
    void accountsAreDisabledAndEnabled() {
        cluster.accounts("x@a.example", "y@b.example", "z@b.example");
        cluster.run(disable, these("x@a.example", "z@b.example"));
        Function<FakeNode, Action<Action.Nothing>> count = n -> new DisabledCount(cluster.accounts, cluster.hosts);
        assertEquals("2", value(cluster.run(count, new Action.Nothing())));
        assertEquals(
                List.of("x@a.example", "z@b.example"),
                values(cluster.run(disabled, new UserPage(10, "")), "disableduserjids"));
        cluster.run(enable, these("z@b.example"));
        assertEquals("1", value(cluster.run(count, new Action.Nothing())));
        assertEquals(
                Kind.NOT_FOUND, cluster.refused(enable, these("no@a.example")).kind());
    }

    @Test
    void aDatabaseThatIsDownIsSaidToBe() {
        cluster.accounts("x@a.example");
        cluster.storage.available(false);
        assertEquals(
                Kind.UNAVAILABLE, cluster.refused(delete, these("x@a.example")).kind());
    }

    @Test // XEP-0133 §4.7
    void aPasswordIsChanged() {
        cluster.accounts("x@a.example");
        Function<FakeNode, Action<ChangePassword.Input>> password =
                n -> new ChangePassword(cluster.accounts, cluster.hosts);
        cluster.run(password, new ChangePassword.Input(Jid.of("x@a.example"), "new"));
        assertEquals(List.of("x@a.example new"), cluster.accounts.passwords);
        assertEquals(
                Kind.NOT_FOUND,
                cluster.refused(password, new ChangePassword.Input(Jid.of("no@a.example"), "new"))
                        .kind());
    }

    @ParameterizedTest // XEP-0133 §4.18
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 10})
    void accountsOfAllDomainsAreListedInPages(int max) {
        List<String> all = List.of("a@a.example", "b@a.example", "z@a.example", "a@b.example", "c@b.example");
        cluster.accounts(all.toArray(String[]::new));
        List<String> listed = new ArrayList<>();
        String after = "";
        do {
            Result page = cluster.run(registered, new UserPage(max, after));
            List<String> users = values(page, "registereduserjids");
            assertTrue(users.size() <= max);
            listed.addAll(users);
            after = values(page, "next").stream().findFirst().orElse("");
        } while (!after.isEmpty());
        assertEquals(all, listed);
        assertEquals(
                "5",
                value(cluster.run(n -> new RegisteredCount(cluster.accounts, cluster.hosts), new Action.Nothing())));
    }

    @Test
    void aPlaceThatIsNoneIsBadInput() {
        assertEquals(
                Kind.BAD_INPUT,
                cluster.refused(registered, new UserPage(1, "a@@b")).kind());
    }

    @Test // XEP-0133 §4.8
    void aRosterIsShown() {
        cluster.accounts("x@a.example");
        cluster.storage
                .rosters()
                .put(
                        Jid.of("x@a.example"),
                        new RosterItem(
                                Jid.of("romeo@b.example"),
                                "Romeo",
                                Set.of("Lovers", "Friends"),
                                RosterItem.Subscription.BOTH,
                                false,
                                false,
                                false,
                                true,
                                ""));
        Function<FakeNode, Action<UserRoster.Input>> roster =
                n -> new UserRoster(cluster.accounts, cluster.storage.rosters(), cluster.hosts);
        assertEquals(
                List.of(List.of("x@a.example", "romeo@b.example", "Romeo", "both", "Friends, Lovers")),
                cluster.run(roster, new UserRoster.Input(jids("x@a.example"))).rows());
        assertEquals(
                Kind.NOT_FOUND,
                cluster.refused(roster, new UserRoster.Input(jids("no@a.example")))
                        .kind());
    }

    private LastLogin lastLogin(FakeNode node) {
        return new LastLogin(cluster.accounts, node, cluster.storage.lastActivity(), cluster.hosts);
    }

    @Test // XEP-0133 §4.9
    void whoIsOnlineOnAnyNodeCameLast() {
        cluster.accounts("x@a.example", "y@a.example", "z@a.example");
        cluster.node("n2").online("x@a.example/1").boundAt = Instant.ofEpochSecond(100);
        cluster.node("n3").online("x@a.example/2").boundAt = Instant.ofEpochSecond(200);
        for (String user : List.of("x@a.example", "y@a.example")) {
            cluster.storage.lastActivity().put(Jid.of(user), new LastActivity(Instant.ofEpochSecond(999), ""));
        }
        assertEquals(
                List.of(
                        List.of("x@a.example", "online", "1970-01-01T00:03:20Z"),
                        List.of("y@a.example", "offline", "1970-01-01T00:16:39Z"),
                        List.of("z@a.example", "never", "")),
                cluster.run(this::lastLogin, new LastLogin.Input(jids("x@a.example", "y@a.example", "z@a.example")))
                        .rows());
        assertEquals(
                List.of("1970-01-01T00:03:20Z"),
                values(cluster.run(this::lastLogin, new LastLogin.Input(jids("x@a.example"))), "lastlogin"));
        assertEquals(
                Kind.NOT_FOUND,
                cluster.refused(this::lastLogin, new LastLogin.Input(jids("no@a.example")))
                        .kind());
    }

    private UserStats stats(FakeNode node) {
        return new UserStats(cluster.accounts, node, cluster.storage.rosters(), cluster.storage.spool(), cluster.hosts);
    }

    @Test // XEP-0133 §4.10
    void figuresOfAUserAreOfAllNodes() {
        cluster.accounts("x@a.example");
        cluster.node("n2").online("x@a.example/home");
        cluster.node("n3").online("x@a.example/work");
        Result stats = cluster.run(this::stats, new UserStats.Input(Jid.of("x@a.example")));
        assertEquals(List.of("home", "work"), values(stats, "onlineresources"));
        assertEquals(List.of("0"), values(stats, "rostersize"));
        assertEquals(List.of("false"), values(stats, "disabled"));
        assertEquals(1, values(stats, "ipaddresses").size());
        assertEquals(
                Kind.NOT_FOUND,
                cluster.refused(this::stats, new UserStats.Input(Jid.of("no@a.example")))
                        .kind());
    }

    @Test
    void domainsAreListedWithTheirAccounts() {
        cluster.accounts("x@a.example", "y@a.example");
        cluster.accounts.setDisabled(Jid.of("y@a.example"), true);
        assertEquals(
                List.of(List.of("a.example", "yes", "2", "1"), List.of("b.example", "", "0", "0")),
                cluster.run(n -> new HostList(cluster.accounts, cluster.hosts), new Action.Nothing())
                        .rows());
    }
}
