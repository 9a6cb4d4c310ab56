package org.skein.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jivesoftware.smack.filter.StanzaTypeFilter;
import org.jivesoftware.smack.packet.Message;
import org.jivesoftware.smack.packet.Stanza;
import org.jivesoftware.smack.packet.StanzaError.Condition;
import org.jivesoftware.smack.tcp.XMPPTCPConnection;
import org.junit.jupiter.api.Test;
import org.jxmpp.jid.impl.JidCreate;
import org.skein.itests.support.Await;
import org.skein.itests.support.Clients;
import org.skein.itests.support.Examples;
import org.skein.itests.support.ServerProcess;

/** A third party's component: its jar is all it takes, and taking it away takes all of it away. */
class ComponentTest {

    @Test
    void theEchoExampleAnswersWhileItsJarIsInDeploy() throws Exception {
        try (ServerProcess server = ServerProcess.create("comp-name-1=echo", "comp-class-1=org.example.Echo")
                .start()) {
            server.addUser("romeo@localhost", "secret");
            String missing = server.skein("status").succeeds().output();
            assertTrue(missing.matches("(?s).*components +DEGRADED[^\\n]*echo \\(org.example.Echo\\).*"), missing);
            XMPPTCPConnection romeo = Clients.logIn(server, "romeo", "secret", "orchard");
            try {
                BlockingQueue<Message> received = new LinkedBlockingQueue<>();
                romeo.addAsyncStanzaListener(s -> received.add((Message) s), StanzaTypeFilter.MESSAGE);

                // Nobody there yet: a server that does not federate knows no such domain (RFC 6120 §10.4).
                assertEquals(
                        Message.Type.error, exchange(romeo, received, "first").getType());

                Path jar = server.resolve("deploy/component-echo.jar");
                Files.copy(Examples.componentEcho(), jar);
                Await.until(
                        "echo.localhost answers",
                        () -> exchange(romeo, received, "hello").getType().equals(Message.Type.chat));
                Message echo = exchange(romeo, received, "wherefore art thou");
                assertEquals("wherefore art thou", echo.getBody());
                assertEquals("echo.localhost", echo.getFrom().toString());
                String there = server.skein("status").succeeds().output();
                assertTrue(there.matches("(?s).*components +OK.*"), there);

                Files.delete(jar);
                Await.until(
                        "echo.localhost is gone",
                        () -> exchange(romeo, received, "hello").getType().equals(Message.Type.error));
                Condition condition =
                        exchange(romeo, received, "last").getError().getCondition();
                assertTrue(
                        condition == Condition.remote_server_not_found || condition == Condition.service_unavailable,
                        condition.toString());
            } finally {
                romeo.disconnect();
            }
        }
    }

    private static Message exchange(XMPPTCPConnection from, BlockingQueue<Message> received, String body)
            throws Exception {
        Stanza message = from.getStanzaFactory()
                .buildMessageStanza()
                .to(JidCreate.from("echo.localhost"))
                .ofType(Message.Type.chat)
                .setBody(body)
                .build();
        from.sendStanza(message);
        Message answer = received.poll(Await.LONG.toSeconds(), TimeUnit.SECONDS);
        assertNotNull(answer, "an answer from echo.localhost to '" + body + "'");
        assertEquals(message.getStanzaId(), answer.getStanzaId());
        return answer;
    }
}
