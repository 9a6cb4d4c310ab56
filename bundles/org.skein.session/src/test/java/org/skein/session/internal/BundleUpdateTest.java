package org.skein.session.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.skein.api.session.AccountProcessor;
import org.skein.api.session.ClientProcessor;
import org.skein.api.session.Session;
import org.skein.api.session.Verdict;
import org.skein.testkit.FakeClientStream;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/** Processors whose bundle is stopped or updated in the middle of a stanza: it goes on without them (P7). */
class BundleUpdateTest {
    private final Harness h = new Harness();
    private final FakeClientStream a = h.online("a@localhost/r");
    private final FakeClientStream b = h.online("b@localhost/r");

    private static ClientProcessor client(Supplier<Verdict> what) {
        return new ClientProcessor() {
            @Override
            public int order() {
                return 0;
            }

            @Override
            public Set<Stanza.Kind> kinds() {
                return Set.of(Stanza.Kind.MESSAGE);
            }

            @Override
            public Verdict fromClient(Session session, Stanza stanza) {
                return what.get();
            }
        };
    }

    private static AccountProcessor account(Supplier<Verdict> what) {
        return new AccountProcessor() {
            @Override
            public int order() {
                return 0;
            }

            @Override
            public Set<Stanza.Kind> kinds() {
                return Set.of(Stanza.Kind.MESSAGE);
            }

            @Override
            public Verdict toAccount(Jid account, Stanza stanza) {
                return what.get();
            }
        };
    }

    private void send(String body) {
        a.clear();
        a.receive(Harness.chat("b@localhost/r", body));
        h.run();
    }

    private void assertComes(String body) {
        send(body);
        assertEquals(List.of(), a.stanzas());
        assertEquals(body, b.lastStanza().orElseThrow().body());
    }

    private Verdict failed() {
        h.node.chains.client(List.of());
        h.node.chains.account(List.of());
        throw new NoClassDefFoundError("of a class loader that is closed");
    }

    private Verdict failsLater(CompletableFuture<Verdict> answer) {
        return Verdict.after(answer);
    }

    @Test
    void whatTheyThrowIsNobodysConcern() {
        h.node.chains.client(List.of(client(this::failed)));
        assertComes("one");
        h.node.chains.account(List.of(account(this::failed)));
        assertComes("two");
    }

    @Test
    void norIsWhatTheyFailWithLater() {
        CompletableFuture<Verdict> first = new CompletableFuture<>();
        h.node.chains.client(List.of(client(() -> failsLater(first))));
        send("one");
        h.node.chains.client(List.of());
        first.completeExceptionally(new IllegalStateException("stopped"));
        h.run();
        assertEquals("one", b.lastStanza().orElseThrow().body());

        CompletableFuture<Verdict> second = new CompletableFuture<>();
        h.node.chains.account(List.of(account(() -> failsLater(second))));
        send("two");
        h.node.chains.account(List.of());
        second.completeExceptionally(new IllegalStateException("stopped"));
        h.run();
        assertEquals("two", b.lastStanza().orElseThrow().body());
        assertEquals(List.of(), a.stanzas());
    }

    @Test
    void oneThatIsThereAndFailsRefusesTheStanza() {
        h.node.chains.client(List.of(client(() -> {
            throw new IllegalStateException("a bug");
        })));
        send("one");
        assertEquals("internal-server-error", Harness.condition(a.lastStanza().orElseThrow()));
    }
}
