package org.skein.itests.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.skein.itests.support.Administrator;
import org.skein.itests.support.Await;
import org.skein.itests.support.ClusterNodes;
import org.skein.itests.support.Examples;
import org.skein.itests.support.StanzaClient;
import org.skein.itests.support.Xml;

/** Commands about what all users are told, and about the nodes themselves. */
final class ServerCases {
    private ServerCases() {}

    static Map<String, CommandCase> all() {
        CommandCase everywhere = CommandCase.shared(ServerCases::everywhere);
        CommandCase motd = CommandCase.shared(ServerCases::motd);
        CommandCase welcome = CommandCase.shared(ServerCases::welcome);
        CommandCase config = CommandCase.shared(ServerCases::config);
        CommandCase log = CommandCase.shared(ServerCases::log);
        return Map.ofEntries(
                Map.entry("#announce", ServerCases::announce),
                Map.entry("#set-motd", motd),
                Map.entry("#edit-motd", motd),
                Map.entry("#delete-motd", motd),
                Map.entry("#set-welcome", welcome),
                Map.entry("#edit-welcome", welcome),
                Map.entry("#delete-welcome", welcome),
                Map.entry("#edit-admin", ServerCases::admins),
                Map.entry("server:cancel", ServerCases::cancel),
                Map.entry("host:list", ServerCases::hosts),
                Map.entry("config:get", config),
                Map.entry("config:put", config),
                Map.entry("config:unset", config),
                Map.entry("log:set", log),
                Map.entry("log:show", log),
                Map.entry("bundle:list", ServerCases::bundles),
                Map.entry("bundle:install-everywhere", everywhere),
                Map.entry("bundle:update-everywhere", everywhere),
                Map.entry("bundle:uninstall-everywhere", everywhere));
    }

    private static void announce(CommandStage on) throws Exception {
        try (StanzaClient second = on.online(1, on.user());
                StanzaClient third = on.online(2, on.user())) {
            // the administrator's client is available too
            assertEquals(
                    3,
                    on.run("#announce", "subject=At noon", "announcement=we move", "announcement=all of us")
                            .number("sessions"));
            for (StanzaClient user : List.of(second, third)) {
                Xml told = user.awaitBody("we move\nall of us");
                assertEquals("headline", told.get("type"));
                assertEquals("At noon", told.text("subject"));
                assertEquals("localhost", told.get("from"));
            }
        }
    }

    private static void motd(CommandStage on) throws Exception {
        String user = on.user();
        on.run("#set-motd", "motd=be kind");
        try (StanzaClient third = on.online(2, user)) {
            assertEquals("headline", third.awaitBody("be kind").get("type"));
        }
        try (StanzaClient second = on.online(1, user)) {
            CommandStage.assertNoMessage(second); // once a day
        }
        assertEquals(List.of("be kind"), on.admin().prefilled("#edit-motd").get("motd"));
        on.run("#edit-motd", "motd=be brave");
        try (StanzaClient second = on.online(1, user)) {
            second.awaitBody("be brave");
        }
        on.run("#delete-motd");
        try (StanzaClient third = on.online(2, on.user())) {
            CommandStage.assertNoMessage(third);
        }
    }

    private static void welcome(CommandStage on) throws Exception {
        on.run("#set-welcome", "welcome=make yourself at home");
        String user = StanzaClient.register(on.node(2));
        try (StanzaClient second = on.online(1, user)) {
            second.awaitBody("make yourself at home");
        }
        assertEquals(
                List.of("make yourself at home"),
                on.admin().prefilled("#edit-welcome").get("welcome"));
        on.run("#edit-welcome", "welcome=hello");
        on.run("#add-user", "accountjid=welcome@localhost", "password=" + StanzaClient.PASSWORD);
        try (StanzaClient third = on.online(2, "welcome")) {
            third.awaitBody("hello");
        }
        on.run("#delete-welcome");
        try (StanzaClient third = on.online(2, StanzaClient.register(on.node(1)))) {
            CommandStage.assertNoMessage(third);
        }
    }

    private static void admins(CommandStage on) throws Exception {
        List<String> before = on.admin().prefilled("#edit-admin").get("adminjids");
        String user = on.user();
        try (Administrator other = Administrator.at(on.node(2), user)) {
            assertTrue(other.refused("#get-online-users-num").startsWith("forbidden"));
            on.run("#edit-admin", "adminjids=" + on.admin().bare(), "adminjids=" + other.bare());
            assertEquals(2, other.run("#get-online-users-num").number("onlineusersnum"));
            assertTrue(on.admin()
                    .refused("#edit-admin", "adminjids=" + other.bare())
                    .startsWith("conflict")); // oneself out of the list
            String[] list = before.stream().map(a -> "adminjids=" + a).toArray(String[]::new);
            on.run("#edit-admin", list);
            assertTrue(other.refused("#get-online-users-num").startsWith("forbidden"));
        }
        assertEquals(before, on.admin().prefilled("#edit-admin").get("adminjids"));
    }

    private static void cancel(CommandStage on) throws Exception {
        try (StanzaClient third = on.online(2, on.user())) {
            on.assertOnAll(
                    on.run("#shutdown", "delay=3600", "announcement=in an hour", "node="), "state", "stops in 3600 s");
            third.awaitBody("in an hour");
            on.assertOnAll(on.run("server:cancel"), "state", "goes on; the stop is taken back");
            on.assertOnAll(on.run("server:cancel"), "state", "no stop was planned");
        }
    }

    private static void hosts(CommandStage on) throws Exception {
        Map<String, String> row = on.run("host:list").row();
        assertEquals("localhost", row.get("domain"));
        assertEquals(on.run("#get-registered-users-num").value("registeredusersnum"), row.get("accounts"));
    }

    private static void config(CommandStage on) throws Exception {
        on.assertOnAll(on.run("config:get", "name=registration-rate"), "value", "0");
        on.assertOnAll(on.run("config:put", "name=registration", "value=false"), "value", "false");
        List<Map<String, String>> shown = on.run("config:get", "name=registration").rows().stream()
                .filter(r -> r.get("name").equals("registration"))
                .toList();
        assertEquals(
                List.of("false", "false", "false"),
                shown.stream().map(r -> r.get("value")).toList());
        for (int node = 0; node < 3; node++) awaitRegistration(on, node, false);
        on.assertOnAll(on.run("config:unset", "name=registration"), "value", "true");
        for (int node = 0; node < 3; node++) awaitRegistration(on, node, true);
    }

    private static void awaitRegistration(CommandStage on, int node, boolean isOpen) {
        Await.until("registration is " + (isOpen ? "open" : "closed") + " on node " + node, () -> {
            try (StanzaClient client = StanzaClient.encrypted(on.node(node))) {
                return client.features().has("register", "http://jabber.org/features/iq-register") == isOpen;
            }
        });
    }

    private static void log(CommandStage on) throws Exception {
        String logger = "org.skein.itests.nobody";
        on.assertOnAll(on.run("log:set", "area=" + logger, "level=debug"), "name", logger);
        List<Map<String, String>> shown = on.run("log:show").rows().stream()
                .filter(r -> logger.equals(r.get("name")))
                .toList();
        assertEquals(3, shown.size());
        assertTrue(shown.stream().allMatch(r -> r.get("value").equalsIgnoreCase("debug")), shown::toString);
        on.run("log:set", "area=" + logger, "level=default");
        assertTrue(on.run("log:show").rows().stream().noneMatch(r -> logger.equals(r.get("name"))));
    }

    private static void bundles(CommandStage on) throws Exception {
        on.assertOnAll(on.run("bundle:list", "name=org.skein.adhoc"), "state", "active");
    }

    private static void everywhere(CommandStage on) throws Exception {
        String name = "command-top-senders";
        Path folder = Files.createTempDirectory("skein-bundle");
        Path jar = Files.copy(Examples.commandTopSenders(), folder.resolve("talk.jar"));
        try (StanzaClient third = on.online(2, on.user())) {
            on.run("bundle:install-everywhere", "file=" + jar);
            on.assertOnAll(on.run("bundle:list", "name=" + name), "state", "active");
            third.chat(third.bare(), "counted").awaitBody("counted");
            Map<String, String> top = on.run("talk:top").row();
            assertEquals(third.bare(), top.get("from"));
            assertEquals(ClusterNodes.name(2), top.get("nodes"));
            OwnCommandTest.version(jar, "7.0.0");
            on.run("bundle:update-everywhere", "file=" + jar);
            on.assertOnAll(on.run("bundle:list", "name=" + name), "version", "7.0.0");
            on.run("bundle:uninstall-everywhere", "name=" + name);
            assertEquals(List.of(), on.run("bundle:list", "name=" + name).rows());
            Await.until(
                    "nodes have told each other", () -> !on.admin().offered().contains("talk:top"));
        } finally {
            Files.delete(jar);
            Files.delete(folder);
        }
    }
}
