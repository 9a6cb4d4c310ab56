package org.skein.auth.internal.account;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.skein.api.auth.AccountListener;
import org.skein.xmpp.Jid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What listeners get ready before an account is removed. None of them can keep it from being removed. */
final class Preparations {
    private static final long LONGEST_SECONDS = 5;
    private static final Runnable NOTHING = () -> {};
    private static final Logger log = LoggerFactory.getLogger(Preparations.class);

    private Preparations() {}

    /**
     * Asks all listeners at once.
     *
     * @return never fails: does what they have prepared
     */
    static CompletionStage<Runnable> of(List<AccountListener> listeners, Jid account) {
        List<CompletableFuture<Runnable>> all =
                listeners.stream().map(listener -> of(listener, account)).toList();
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
                .thenApply(done -> () -> all.forEach(prepared -> run(prepared.join())));
    }

    private static CompletableFuture<Runnable> of(AccountListener listener, Jid account) {
        try {
            return listener.accountRemoving(account)
                    .thenApply(Function.identity()) // a stage of our own, to put a limit to
                    .toCompletableFuture()
                    .orTimeout(LONGEST_SECONDS, TimeUnit.SECONDS)
                    .exceptionally(failure -> failed(listener, failure));
        } catch (RuntimeException e) {
            return CompletableFuture.completedFuture(failed(listener, e));
        }
    }

    private static Runnable failed(AccountListener listener, Throwable failure) {
        log.error(
                "what=account_listener_failed listener={}", listener.getClass().getName(), failure);
        return NOTHING;
    }

    private static void run(Runnable prepared) {
        try {
            prepared.run();
        } catch (RuntimeException e) {
            log.error("what=account_listener_failed", e);
        }
    }
}
