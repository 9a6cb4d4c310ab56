package org.skein.auth.internal.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.skein.api.auth.AccountListener;
import org.skein.auth.internal.account.AccountNews.Event;
import org.skein.cluster.api.Peers.Result;
import org.skein.testkit.ManualScheduler;
import org.skein.testkit.cluster.InMemoryCluster;
import org.skein.testkit.cluster.InMemoryNode;
import org.skein.xmpp.Jid;

class AccountNewsTest {
    private static final Jid USER = Jid.of("user@example.net");

    private final ManualScheduler scheduler = new ManualScheduler();
    private final InMemoryCluster cluster = new InMemoryCluster(scheduler);
    private final InMemoryNode a = cluster.node("a");
    private final InMemoryNode b = cluster.node("b");
    private final List<String> toldA = new ArrayList<>();
    private final List<String> toldB = new ArrayList<>();
    private final AccountNews newsA = news(a, toldA);
    // hears what node a sends
    private final AccountNews newsB = news(b, toldB);

    private static AccountNews news(InMemoryNode node, List<String> told) {
        AccountNews news = new AccountNews(node, List.of(new AccountListener() {
            @Override
            public void accountCreated(Jid account) {
                told.add("created " + account);
            }

            @Override
            public void accountRemoved(Jid account) {
                told.add("removed " + account);
            }

            @Override
            public void passwordChanged(Jid account) {
                told.add("password " + account);
            }

            @Override
            public void accountDisabled(Jid account) {
                told.add("disabled " + account);
            }

            @Override
            public void accountEnabled(Jid account) {
                told.add("enabled " + account);
            }
        }));
        node.handler(AccountNews.CHANNEL, news);
        return news;
    }

    @BeforeEach
    void join() {
        cluster.join(a);
        cluster.join(b);
        scheduler.runAll();
    }

    private CompletableFuture<Void> everywhere(Event event) {
        return newsA.everywhere(event, USER).toCompletableFuture();
    }

    @Test // CLUSTER 22
    void listenersOfAllNodesAreToldBeforeTheChangeIsAnswered() {
        for (Event event : Event.values()) {
            CompletableFuture<Void> told = everywhere(event);
            assertFalse(told.isDone(), "nobody has confirmed");
            scheduler.runAll();
            assertTrue(told.isDone());
        }
        List<String> all = List.of(
                "created " + USER, "password " + USER, "removed " + USER, "disabled " + USER, "enabled " + USER);
        assertEquals(all, toldA);
        assertEquals(all, toldB);
    }

    @Test
    void nobodyIsAskedWhereThereIsNobody() {
        cluster.leave(b);
        scheduler.runAll();
        assertTrue(everywhere(Event.CREATED).isDone());
        assertEquals(List.of(), toldB);
    }

    @Test
    void aNodeThatLeavesIsNotWaitedFor() {
        cluster.hold(a, b);
        CompletableFuture<Void> told = everywhere(Event.REMOVED);
        cluster.crash(b);
        scheduler.runAll();
        assertTrue(told.isDone());
    }

    @Test // DESIGN P8: of the version before or after
    void eventsOfALaterVersionAreConfirmedAndNonsenseIsNot() {
        assertEquals(Result.ANSWERED, sent(new byte[] {2, 99, 'a', '@', 'b'}));
        assertEquals(Result.FAILED, sent(new byte[] {1}));
        assertEquals(Result.FAILED, sent(new byte[] {1, 0, '@'}));
        assertEquals(List.of(), toldB);
    }

    private Result sent(byte[] request) {
        CompletableFuture<Result> result = new CompletableFuture<>();
        a.call(b.self(), AccountNews.CHANNEL, request, java.time.Duration.ofSeconds(1))
                .thenAccept(reply -> result.complete(reply.result()));
        scheduler.runAll();
        return result.join();
    }
}
