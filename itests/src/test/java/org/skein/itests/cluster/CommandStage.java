package org.skein.itests.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.skein.itests.support.Administrator;
import org.skein.itests.support.Administrator.Answer;
import org.skein.itests.support.Await;
import org.skein.itests.support.ClusterNodes;
import org.skein.itests.support.ServerProcess;
import org.skein.itests.support.StanzaClient;
import org.skein.itests.support.Xml;

/** Three nodes, and an administrator on the first. */
record CommandStage(ClusterNodes nodes, Administrator admin) {
    ServerProcess node(int index) {
        return nodes.node(index);
    }

    Answer run(String name, String... fields) throws Exception {
        return admin.run(name, fields);
    }

    /** An account nobody uses. */
    String user() throws Exception {
        return StanzaClient.register(node(0));
    }

    StanzaClient online(int node, String user) throws Exception {
        return StanzaClient.online(node(node), user, "n" + node);
    }

    /** Whether a login with this password succeeds there. */
    boolean mayLogIn(int node, String user, String password) throws Exception {
        try (StanzaClient client = StanzaClient.encrypted(node(node))) {
            client.plain(user, password);
            return client.awaitSasl().name().equals("success");
        }
    }

    void awaitOnline(long count) throws Exception {
        Await.until(
                count + " users online",
                Await.LONG,
                () -> run("#get-online-users-num").number("onlineusersnum") == count,
                () -> " but " + node(0).shell("session:list"));
    }

    /** Each node answered, in a row that says this. */
    void assertOnAll(Answer answer, String var, String value) {
        List<Map<String, String>> expected = IntStream.range(0, nodes.size())
                .mapToObj(i -> Map.of("node", ClusterNodes.name(i), var, value))
                .toList();
        assertEquals(
                expected,
                answer.rows().stream()
                        .map(r -> Map.of("node", r.get("node"), var, r.getOrDefault(var, "")))
                        .toList(),
                answer::toString);
        assertEquals(List.of(), answer.notes());
    }

    /** Nothing but the user's own presence has come until now. */
    static void assertNoMessage(StanzaClient client) throws Exception {
        List<Xml> all = client.soFar();
        assertEquals(
                List.of(), all.stream().filter(x -> x.name().equals("message")).toList());
    }

    void close() throws Exception {
        admin.close();
        nodes.close();
    }
}
