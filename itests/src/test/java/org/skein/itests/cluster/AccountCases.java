package org.skein.itests.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.skein.itests.support.Administrator.Answer;
import org.skein.itests.support.Await;
import org.skein.itests.support.StanzaClient;

/** Commands about accounts. */
final class AccountCases {
    private static final String PASSWORD = StanzaClient.PASSWORD;

    private AccountCases() {}

    static Map<String, CommandCase> all() {
        CommandCase registered = CommandCase.shared(AccountCases::registered);
        CommandCase disabled = CommandCase.shared(AccountCases::disabled);
        return Map.ofEntries(
                Map.entry("#add-user", AccountCases::add),
                Map.entry("#delete-user", AccountCases::delete),
                Map.entry("#disable-user", AccountCases::disable),
                Map.entry("#reenable-user", AccountCases::enable),
                Map.entry("#change-user-password", AccountCases::password),
                Map.entry("#get-user-roster", AccountCases::roster),
                Map.entry("#get-user-lastlogin", AccountCases::lastLogin),
                Map.entry("#user-stats", AccountCases::stats),
                Map.entry("#get-registered-users-num", registered),
                Map.entry("#get-registered-users-list", registered),
                Map.entry("#get-disabled-users-num", disabled),
                Map.entry("#get-disabled-users-list", disabled));
    }

    private static String jid(String user) {
        return user + "@localhost";
    }

    private static void add(CommandStage on) throws Exception {
        on.run("#add-user", "accountjid=added@localhost", "password=p w", "password-verify=p w");
        assertTrue(on.mayLogIn(2, "added", "p w"));
        assertEquals(
                "conflict",
                on.admin()
                        .refused("#add-user", "accountjid=added@localhost", "password=x")
                        .split(":")[0]);
        assertTrue(on.mayLogIn(1, "added", "p w"), "what was refused changed nothing");
    }

    private static void delete(CommandStage on) throws Exception {
        String user = on.user();
        String other = on.user();
        try (StanzaClient second = on.online(1, user);
                StanzaClient third = on.online(2, user)) {
            on.run("#delete-user", "accountjids=" + jid(user), "accountjids=" + jid(other));
            assertEquals("not-authorized", second.awaitStreamEnd());
            assertEquals("not-authorized", third.awaitStreamEnd());
        }
        assertFalse(on.mayLogIn(2, user, PASSWORD));
        assertFalse(on.mayLogIn(1, other, PASSWORD));
        assertEquals(
                "item-not-found",
                on.admin().refused("#delete-user", "accountjids=" + jid(user)).split(":")[0]);
    }

    private static void disable(CommandStage on) throws Exception {
        String user = on.user();
        try (StanzaClient client = on.online(1, user)) {
            on.run("#disable-user", "accountjids=" + jid(user));
            assertEquals("not-authorized", client.awaitStreamEnd());
        }
        assertFalse(on.mayLogIn(2, user, PASSWORD));
        on.run("#reenable-user", "accountjids=" + jid(user));
    }

    private static void enable(CommandStage on) throws Exception {
        String user = on.user();
        on.run("#disable-user", "accountjids=" + jid(user));
        assertFalse(on.mayLogIn(1, user, PASSWORD));
        on.run("#reenable-user", "accountjids=" + jid(user));
        assertTrue(on.mayLogIn(1, user, PASSWORD));
        assertTrue(on.mayLogIn(2, user, PASSWORD));
    }

    private static void password(CommandStage on) throws Exception {
        String user = on.user();
        try (StanzaClient client = on.online(1, user)) {
            on.run("#change-user-password", "accountjid=" + jid(user), "password=another");
            assertFalse(on.mayLogIn(1, user, PASSWORD));
            assertTrue(on.mayLogIn(2, user, "another"));
            client.chat(client.bare(), "goes on").awaitBody("goes on");
        }
    }

    private static void roster(CommandStage on) throws Exception {
        String user = on.user();
        try (StanzaClient client = on.online(1, user)) {
            client.iq(
                    "set",
                    "",
                    "<query xmlns='jabber:iq:roster'><item jid='nurse@elsewhere.example' name='Nurse'><group>House</group></item></query>");
            assertEquals(
                    Map.of(
                            "account", jid(user),
                            "jid", "nurse@elsewhere.example",
                            "name", "Nurse",
                            "subscription", "none",
                            "groups", "House"),
                    on.run("#get-user-roster", "accountjids=" + jid(user)).row());
        }
    }

    private static void lastLogin(CommandStage on) throws Exception {
        String user = on.user();
        String never = on.user();
        try (StanzaClient client = on.online(2, user)) {
            Answer one = on.run("#get-user-lastlogin", "accountjids=" + client.bare());
            assertEquals("online", one.value("state"));
            Answer two = on.run("#get-user-lastlogin", "accountjids=" + client.bare(), "accountjids=" + jid(never));
            assertEquals(Set.of("online", "never"), Set.copyOf(two.column("state")));
        }
    }

    private static void stats(CommandStage on) throws Exception {
        String user = on.user();
        try (StanzaClient second = on.online(1, user);
                StanzaClient third = on.online(2, user)) {
            second.iq("set", "", "<query xmlns='jabber:iq:roster'><item jid='nurse@elsewhere.example'/></query>");
            Answer stats = on.run("#user-stats", "accountjid=" + third.bare());
            assertEquals(Set.of("n1", "n2"), Set.copyOf(stats.all("onlineresources")));
            assertEquals("127.0.0.1", stats.value("ipaddresses"));
            assertEquals(1, stats.number("rostersize"));
            assertEquals(0, stats.number("offlinemessages"));
        }
        String absent = on.user();
        try (StanzaClient writer = on.online(1, user)) {
            writer.chat(jid(absent), "for later").soFar();
        }
        Await.until(
                "a message waits",
                () -> on.run("#user-stats", "accountjid=" + jid(absent)).number("offlinemessages") == 1);
    }

    private static void registered(CommandStage on) throws Exception {
        StanzaClient.register(on.node(2), "zoe"); // the last by name
        List<String> all = on.nodes().query("SELECT CONVERT(local_part USING utf8mb4) FROM skein_account");
        List<String> paged = paged(on, "#get-registered-users-list", "registereduserjids", 3);
        assertEquals(
                all.stream().map(AccountCases::jid).sorted().toList(),
                paged.stream().sorted().toList());
        assertEquals(all.size(), on.run("#get-registered-users-num").number("registeredusersnum"));
        on.run("#delete-user", "accountjids=zoe@localhost");
        assertEquals(all.size() - 1L, on.run("#get-registered-users-num").number("registeredusersnum"));
    }

    /** A list in pages of so many. */
    static List<String> paged(CommandStage on, String command, String var, int size) throws Exception {
        List<String> all = new ArrayList<>();
        String after = "";
        do {
            Answer page = on.run(command, "max_items=" + size, "after=" + after);
            assertTrue(page.all(var).size() <= size, page::toString);
            all.addAll(page.all(var));
            after = page.all("next").isEmpty() ? "" : page.value("next");
        } while (!after.isEmpty());
        return all;
    }

    private static void disabled(CommandStage on) throws Exception {
        List<String> users = List.of(jid(on.user()), jid(on.user()), jid(on.user()));
        String[] fields = users.stream().map(u -> "accountjids=" + u).toArray(String[]::new);
        assertEquals(0, on.run("#get-disabled-users-num").number("disabledusersnum"));
        on.run("#disable-user", fields);
        assertEquals(3, on.run("#get-disabled-users-num").number("disabledusersnum"));
        assertEquals(Set.copyOf(users), Set.copyOf(paged(on, "#get-disabled-users-list", "disableduserjids", 2)));
        on.run("#reenable-user", fields);
        assertEquals(List.of(), on.run("#get-disabled-users-list").all("disableduserjids"));
    }
}
