package ${package};

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.skein.api.command.Action.Call;
import org.skein.api.command.CommandException;
import org.skein.api.command.Result;
import org.skein.api.session.Session;
import org.skein.api.session.Sessions;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

class ${className}Test {
    private static final Call CALL = new Call(Jid.of("admin@localhost"), "node1", true);

    private final ${className} command = new ${className}(fake(
            Sessions.class,
            Map.of(
                    "all",
                    List.of(
                            session("romeo@localhost/garden", "c2s", true),
                            session("juliet@localhost/balcony", "websocket", false),
                            session("nurse@elsewhere/hall", "c2s", true)))));

    private static Session session(String jid, String transport, boolean available) {
        return fake(
                Session.class,
                Map.of(
                        "jid", Jid.of(jid),
                        "transport", transport,
                        "isAvailable", available,
                        "presence", Optional.<Stanza>empty()));
    }

    /** What each method answers, by its name. */
    private static <T> T fake(Class<T> type, Map<String, Object> answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> answers.get(method.getName())));
    }

    private Result run(String domain, String transport) {
        return command.run(new ${className}.Input(domain, transport), CALL)
                .toCompletableFuture()
                .join();
    }

    private static Result counts(int sessions, int available) {
        return Result.value("sessions", "Sessions", sessions).and("available", "Available", "" + available);
    }

    @Test
    void itCountsTheSessionsOfADomain() {
        assertEquals(counts(2, 1), run("localhost", ""));
        assertEquals(counts(1, 0), run("localhost", "websocket"));
        assertEquals(counts(0, 0), run("nowhere", ""));
    }

    @Test
    void anAddressIsNoDomain() {
        assertThrows(CommandException.class, () -> command.check(new ${className}.Input("romeo@localhost", "")));
    }
}
