package org.skein.session.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Real threads: what is pushed runs once, in each thread's order, one at a time, while the mailbox moves between loops. */
final class MailboxTest {
    private static final int PUSHERS = 4;
    private static final int EACH = 20_000;

    private static final class Moving extends Mailbox {
        final List<Thread> threads = new ArrayList<>();
        final List<ExecutorService> loops = new ArrayList<>();
        final CountDownLatch closed = new CountDownLatch(1);
        volatile int current;

        Moving() {
            for (int i = 0; i < 3; i++) {
                loops.add(Executors.newSingleThreadExecutor(task -> {
                    Thread t = new Thread(task);
                    threads.add(t);
                    return t;
                }));
            }
        }

        @Override
        boolean inLoop() {
            return threads.size() > current && Thread.currentThread() == threads.get(current);
        }

        @Override
        void onLoop(Runnable task) {
            loops.get(current).execute(task);
        }

        @Override
        void mailboxClosed() {
            closed.countDown();
        }

        @Override
        void runTask(Task task) {
            task.run();
        }

        void stop() throws InterruptedException {
            for (ExecutorService loop : loops) {
                loop.shutdown();
                assertTrue(loop.awaitTermination(10, TimeUnit.SECONDS));
            }
        }
    }

    @Test
    void tasksOfAThreadRunInItsOrderWhileTheMailboxMoves() throws InterruptedException {
        Moving mailbox = new Moving();
        for (ExecutorService loop : mailbox.loops) {
            CountDownLatch up = new CountDownLatch(1);
            loop.execute(up::countDown);
            assertTrue(up.await(10, TimeUnit.SECONDS));
        }
        int[] seen = new int[PUSHERS]; // plain: only ever touched by the task that runs
        AtomicInteger running = new AtomicInteger();
        List<String> wrong = java.util.Collections.synchronizedList(new ArrayList<>());
        CountDownLatch done = new CountDownLatch(PUSHERS);
        for (int p = 0; p < PUSHERS; p++) {
            int pusher = p;
            new Thread(() -> {
                        for (int i = 0; i < EACH; i++) {
                            int n = i;
                            mailbox.push(new Mailbox.Task() {
                                @Override
                                public void run() {
                                    if (running.getAndIncrement() != 0) wrong.add("two at a time");
                                    if (!mailbox.inLoop()) wrong.add("off its loop");
                                    if (seen[pusher]++ != n) wrong.add("order of " + pusher + " at " + n);
                                    running.decrementAndGet();
                                    if (n % 100 == 99) mailbox.current = (mailbox.current + 1) % 3;
                                }
                            });
                        }
                        done.countDown();
                    })
                    .start();
        }
        assertTrue(done.await(60, TimeUnit.SECONDS));
        mailbox.closeWhenDrained();
        assertTrue(mailbox.closed.await(60, TimeUnit.SECONDS));
        mailbox.stop();
        assertEquals(List.of(), wrong.stream().limit(5).toList());
        for (int n : seen) assertEquals(EACH, n);
    }

    @Test
    void aClosedMailboxTakesNothing() throws InterruptedException {
        Moving mailbox = new Moving();
        mailbox.closeWhenDrained();
        assertTrue(mailbox.closed.await(10, TimeUnit.SECONDS));
        assertFalse(mailbox.push(new Mailbox.Task() {
            @Override
            public void run() {}
        }));
        mailbox.stop();
    }
}
