package org.skein.examples.echo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.skein.api.component.ComponentContext;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

class EchoComponentTest {
    private final List<Stanza> sent = new ArrayList<>();

    private final ComponentContext context = new ComponentContext() {
        @Override
        public Jid domain() {
            return Jid.of("echo.localhost");
        }

        @Override
        public void send(Stanza stanza) {
            sent.add(stanza);
        }
    };

    @Test
    void aMessageComesBackToItsSenderWithItsBody() {
        handle(Stanza.message().body("hello"));

        Stanza echo = sent.get(0);
        assertEquals("hello", echo.body());
        assertEquals("romeo@localhost/orchard", echo.to().orElseThrow().toString());
        assertEquals("echo.localhost", echo.from().orElseThrow().toString());
    }

    @Test // RFC 6120 §8.3.1
    void anErrorIsNotAnswered() {
        handle(Stanza.message().type("error").body("hello"));

        assertTrue(sent.isEmpty());
    }

    @Test // RFC 6120 §8.2.3
    void aRequestGetsExactlyOneReply() {
        handle(Stanza.iq().type("get").id("1"));

        assertEquals(1, sent.size());
        assertTrue(sent.get(0).isError());
    }

    private void handle(Stanza.Builder stanza) {
        new EchoComponent()
                .handle(
                        stanza.to(Jid.of("echo.localhost"))
                                .from(Jid.of("romeo@localhost/orchard"))
                                .build(),
                        context)
                .toCompletableFuture()
                .join();
    }
}
