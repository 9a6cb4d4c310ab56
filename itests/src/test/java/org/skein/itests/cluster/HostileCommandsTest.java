package org.skein.itests.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;
import org.skein.itests.support.Administrator;
import org.skein.itests.support.ClusterNodes;
import org.skein.itests.support.SharedCluster;
import org.skein.itests.support.SharedNode;
import org.skein.itests.support.StanzaClient;
import org.skein.itests.support.Xml;

/** Commands asked for by who may not, in ways no client would, and by two at once. */
@ExtendWith(SharedCluster.class)
@EnabledIf("org.skein.itests.support.ClusterNodes#arePossible")
class HostileCommandsTest {
    private static final String COMMANDS = "http://jabber.org/protocol/commands";
    private static final String ADMIN = "http://jabber.org/protocol/admin";
    private static final int ROUNDS = 10;
    private static final int MANY = 2000;

    private static ClusterNodes nodes;
    private static Administrator first;
    private static List<String> administrators;
    private static String secondName;

    private StanzaClient admin;
    private StanzaClient second;

    @BeforeAll
    static void twoAdministrators(ClusterNodes shared) throws Exception {
        nodes = shared;
        first = Administrator.at(nodes.node(0), SharedNode.ADMIN);
        secondName = StanzaClient.register(nodes.node(0));
        administrators = first.prefilled("#edit-admin").get("adminjids");
        Set<String> all = new TreeSet<>(administrators);
        all.add(secondName + "@localhost");
        appoint(all);
    }

    private static void appoint(Iterable<String> all) throws Exception {
        List<String> fields = new ArrayList<>();
        all.forEach(jid -> fields.add("adminjids=" + jid));
        first.run("#edit-admin", fields.toArray(String[]::new));
    }

    @AfterAll
    static void asItWas() throws Exception {
        if (administrators != null) appoint(administrators);
        if (first != null) first.close();
    }

    @BeforeEach
    void connect() throws Exception {
        admin = StanzaClient.online(nodes.node(0), SharedNode.ADMIN, "one");
        second = StanzaClient.online(nodes.node(2), secondName, "two");
    }

    @AfterEach
    void disconnect() throws Exception {
        if (admin != null) admin.logOut();
        if (second != null) second.logOut();
    }

    private static String element(String name, String attributes, String content) {
        return "<command xmlns='" + COMMANDS + "' node='" + (name.startsWith("#") ? ADMIN : "urn:skein:command:") + name
                + "' " + attributes + ">" + content + "</command>";
    }

    private static Xml ask(StanzaClient by, String name, String attributes, String content) throws Exception {
        return by.iq("set", "localhost", element(name, attributes, content));
    }

    /** Begins it. @return the session's id */
    private static String begin(StanzaClient by, String name) throws Exception {
        Xml answer = ask(by, name, "", "");
        Xml command = answer.find("command", COMMANDS).orElseThrow(() -> new AssertionError(answer.toString()));
        assertEquals("executing", command.get("status"));
        return command.get("sessionid");
    }

    private static Xml submit(StanzaClient by, String name, String session, String... fields) throws Exception {
        return ask(by, name, "sessionid='" + session + "'", form(fields));
    }

    private static String form(String... fields) {
        StringBuilder form = new StringBuilder("<x xmlns='jabber:x:data' type='submit'>");
        for (String field : fields) {
            int equals = field.indexOf('=');
            form.append("<field var='").append(field, 0, equals).append("'><value>");
            form.append(field.substring(equals + 1)).append("</value></field>");
        }
        return form.append("</x>").toString();
    }

    private static String status(Xml answer) {
        return answer.find("command", COMMANDS).map(c -> c.get("status")).orElse("");
    }

    @Test
    void whoIsNoAdministratorSeesAndMayNothing() throws Exception {
        String name = StanzaClient.register(nodes.node(1));
        try (StanzaClient user = StanzaClient.online(nodes.node(1), name, "x");
                Administrator library = Administrator.at(nodes.node(1), name)) {
            assertEquals(Set.of(), library.offered());
            for (String command : first.offered()) {
                assertEquals("auth/forbidden", ask(user, command, "", "").error(), command);
            }
            String session = begin(admin, "#add-user");
            Xml stolen = submit(user, "#add-user", session, "accountjid=x@localhost", "password=x");
            assertEquals("auth/forbidden", stolen.error());
        }
    }

    @Test // RFC 6120 §8.1.2.1
    void whoSaysHeIsAnAdministratorElsewhereOrHereIsNot() throws Exception {
        String name = StanzaClient.register(nodes.node(1));
        for (String from : List.of("admin@other.host", "admin@other.host/desk", admin.jid(), admin.bare())) {
            try (StanzaClient user = StanzaClient.online(nodes.node(1), name, "x")) {
                user.send("<iq type='set' id='forged' to='localhost' from='" + from + "'>"
                        + element("#get-registered-users-num", "", "") + "</iq>");
                assertEquals("invalid-from", user.awaitStreamEnd());
                assertTrue(user.inbox().stream().noneMatch(x -> x.get("id").equals("forged")));
            }
        }
    }

    @Test
    void sessionsNobodyHasAreRefused() throws Exception {
        String real = begin(admin, "#add-user");
        List<String> forged = List.of(
                "forged",
                "forged@" + ClusterNodes.name(1),
                "forged@nowhere",
                "@",
                real.substring(1),
                "x".repeat(10_000) + "@" + ClusterNodes.name(2));
        for (String id : forged) {
            String error = submit(admin, "#add-user", id, "accountjid=forged@localhost", "password=x")
                    .error();
            assertTrue(Set.of("modify/bad-request", "cancel/not-allowed").contains(error), id + ": " + error);
        }
        assertEquals(
                "completed",
                status(submit(admin, "#add-user", real, "accountjid=" + fresh() + "@localhost", "password=x")));
        assertNotEquals(
                "completed",
                status(submit(admin, "#add-user", real, "accountjid=" + fresh() + "@localhost", "password=x")));
    }

    private static String fresh() {
        return "fresh" + UUID.randomUUID().toString().substring(0, 8);
    }

    @Test
    void aSessionIsItsOwnersOnWhateverNode() throws Exception {
        String user = fresh();
        String session = begin(admin, "#add-user");
        Xml stolen = submit(second, "#add-user", session, "accountjid=stolen@localhost", "password=x");
        assertEquals("modify/bad-request", stolen.error());
        assertEquals(
                "modify/bad-request",
                ask(second, "#add-user", "action='cancel' sessionid='" + session + "'", "")
                        .error());
        try (StanzaClient elsewhere = StanzaClient.online(nodes.node(1), SharedNode.ADMIN, "elsewhere")) {
            assertEquals(
                    "completed",
                    status(submit(elsewhere, "#add-user", session, "accountjid=" + user + "@localhost", "password=x")));
        }
        assertEquals(
                "0", first.run("session:kick", "jid=" + user + "@localhost").value("ended"), "the account is there");
    }

    @Test
    void stepsOutOfOrderAreRefusedAndTheSessionGoesOn() throws Exception {
        for (String action : List.of("next", "prev", "cancel", "nonsense")) {
            assertEquals(
                    "modify/bad-request",
                    ask(admin, "#add-user", "action='" + action + "'", "").error(),
                    action);
        }
        String session = begin(admin, "#add-user");
        for (String action : List.of("next", "prev", "nonsense")) {
            Xml answer = ask(admin, "#add-user", "action='" + action + "' sessionid='" + session + "'", form());
            assertEquals("modify/bad-request", answer.error(), action);
        }
        assertEquals(
                "modify/bad-request",
                submit(admin, "session:kick", session, "jid=x@localhost").error());
        assertEquals(
                "modify/bad-request",
                ask(admin, "#add-user", "sessionid='" + session + "'", "").error());
        assertEquals(
                "completed",
                status(submit(admin, "#add-user", session, "accountjid=" + fresh() + "@localhost", "password=x")));
    }

    @Test
    void wrongFieldsAreNamedAndMayBeMended() throws Exception {
        String user = fresh();
        String right = "accountjid=" + user + "@localhost";
        String session = begin(admin, "#add-user");
        List<String[]> wrong = List.of(
                new String[] {right},
                new String[] {right, "password=x", "extra=x"},
                new String[] {right, right, "password=x"},
                new String[] {"accountjid=@@", "password=x"},
                new String[] {"accountjid=" + user + "@other.host", "password=x"},
                new String[] {"accountjid=" + "x".repeat(20_000) + "@localhost", "password=x"},
                new String[] {right, "password=" + "x".repeat(20_000)},
                new String[] {right, "password=x", "password-verify=y"});
        for (String[] fields : wrong) {
            Xml answer = submit(admin, "#add-user", session, fields);
            assertEquals(
                    "modify/bad-request",
                    answer.error(),
                    () -> String.join(" ", fields)
                            .substring(0, Math.min(80, String.join(" ", fields).length())));
        }
        assertEquals("completed", status(submit(admin, "#add-user", session, right, "password=x")));
    }

    @Test
    void hugeAndWronglyTypedFieldsAreRefusedAndNothingIsDone() throws Exception {
        String values = IntStream.range(0, MANY)
                .mapToObj(i -> "<value>u" + i + "@localhost</value>")
                .collect(Collectors.joining());
        String list = "<x xmlns='jabber:x:data' type='submit'><field var='accountjids'>" + values + "</field></x>";
        String session = begin(admin, "#end-user-session");
        assertEquals(
                "modify/bad-request",
                ask(admin, "#end-user-session", "sessionid='" + session + "'", list)
                        .error());
        session = begin(admin, "#get-online-users-list");
        for (String max : List.of("many", "-1", "0", "1.5", "99999999999999999999")) {
            assertEquals(
                    "modify/bad-request",
                    submit(admin, "#get-online-users-list", session, "max_items=" + max)
                            .error(),
                    max);
        }
        assertEquals("completed", status(submit(admin, "#get-online-users-list", session, "max_items=5")));
        session = begin(admin, "session:kick");
        assertEquals(
                "modify/bad-request",
                submit(admin, "session:kick", session, "jid=" + second.bare(), "error=no-such-error")
                        .error());
        assertFalse(second.soFar().stream().anyMatch(x -> x.name().equals("error")));
    }

    @Test
    void ofTwoAdministratorsWhoAddTheSameAccountAtOnceOneDoes() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            String user = fresh();
            String one = begin(admin, "#add-user");
            String other = begin(second, "#add-user");
            String right = form("accountjid=" + user + "@localhost", "password=x");
            for (StanzaClient by : List.of(admin, second)) {
                String id = by == admin ? one : other;
                by.send("<iq type='set' id='race' to='localhost'>"
                        + element("#add-user", "sessionid='" + id + "'", right) + "</iq>");
            }
            Set<String> outcomes = new TreeSet<>();
            for (StanzaClient by : List.of(admin, second)) {
                Xml answer = by.await("the answer", x -> x.get("id").equals("race"));
                outcomes.add(status(answer) + answer.error());
            }
            assertEquals(Set.of("completed", "cancel/conflict"), outcomes);
        }
    }

    @Test
    void ofTwoClientsWhoAnswerOneFormAtOnceOneIsHeard() throws Exception {
        try (StanzaClient elsewhere = StanzaClient.online(nodes.node(1), SharedNode.ADMIN, "elsewhere")) {
            for (int round = 0; round < ROUNDS; round++) {
                String session = begin(admin, "#announce");
                for (StanzaClient by : List.of(admin, elsewhere)) {
                    by.send("<iq type='set' id='race' to='localhost'>"
                            + element("#announce", "sessionid='" + session + "'", form("announcement=round " + round))
                            + "</iq>");
                }
                int done = 0;
                for (StanzaClient by : List.of(admin, elsewhere)) {
                    if (status(by.await("the answer", x -> x.get("id").equals("race")))
                            .equals("completed")) done++;
                }
                assertEquals(1, done);
                String text = "round " + round;
                second.awaitBody(text);
                assertTrue(second.soFar().stream().noneMatch(x -> x.text("body").equals(text)), "told once");
            }
        }
    }
}
