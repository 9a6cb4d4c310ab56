package org.skein.adhoc.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.skein.api.component.IqHandler.Target;
import org.skein.api.component.IqRequest;
import org.skein.api.disco.DiscoRequest;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StanzaException;

class CommandHostTest {
    private static final Jid HOST = Jid.of("localhost");
    private static final Jid ADMIN = Jid.of("admin@localhost/pc");
    private static final Jid USER = Jid.of("user@localhost/pc");

    private static final Command HELLO = new Command() {
        @Override
        public String node() {
            return "hello";
        }

        @Override
        public String name() {
            return "Say hello";
        }

        @Override
        public boolean mayUse(Jid user) {
            return user.equals(ADMIN);
        }

        @Override
        public CompletionStage<Element> execute(Jid user) {
            return CompletableFuture.completedFuture(Element.of("x", "jabber:x:data", "hello " + user.local()));
        }
    };

    private final CommandHost host = new CommandHost(List.of(HELLO));

    private static Element command(String node) {
        return Element.of("command", CommandHost.COMMANDS).with("node", node);
    }

    private Element run(Jid user, Element payload) {
        Stanza iq =
                Stanza.iq().type("set").id("1").from(user).to(HOST).add(payload).build();
        return host.handle(new IqRequest(iq, Target.HOST, HOST, Optional.empty()))
                .toCompletableFuture()
                .join()
                .orElseThrow();
    }

    private String refusal(Jid user, Element payload) {
        return assertThrows(StanzaException.class, () -> run(user, payload))
                .error()
                .condition()
                .elementName();
    }

    private static DiscoRequest disco(Jid user, String node) {
        return new DiscoRequest(Target.HOST, HOST, node, user);
    }

    @Test // XEP-0050 §2.3
    void commandsAreListedToThoseWhoMayUseThem() {
        assertEquals(
                "hello", host.items(disco(ADMIN, CommandHost.COMMANDS)).get(0).node());
        assertTrue(host.items(disco(USER, CommandHost.COMMANDS)).isEmpty());
        assertTrue(host.items(disco(ADMIN, "")).isEmpty());
    }

    @Test // XEP-0050 §2.4
    void aCommandIsExecutedInOneStep() {
        Element result = run(ADMIN, command("hello").with("action", "execute"));
        assertEquals("completed", result.attribute("status", ""));
        assertEquals("hello", result.attribute("node", ""));
        assertTrue(!result.attribute("sessionid", "").isEmpty());
        assertEquals("hello admin", result.firstChild().orElseThrow().text());
    }

    @Test // XEP-0050 §4.4
    void whatCannotBeDoneIsAnsweredWithTheRightError() {
        assertEquals("item-not-found", refusal(ADMIN, command("unknown")));
        assertEquals("forbidden", refusal(USER, command("hello")));
        assertEquals("bad-request", refusal(ADMIN, command("hello").with("action", "dance")));
        assertEquals("bad-request", refusal(ADMIN, command("hello").with("sessionid", "x")));
        assertEquals("bad-request", refusal(ADMIN, Element.of("command", CommandHost.COMMANDS)));
    }
}
