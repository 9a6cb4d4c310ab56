package org.skein.auth.internal;

import java.lang.annotation.Annotation;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.skein.api.auth.AccountListener;
import org.skein.api.component.VirtualHosts;
import org.skein.auth.internal.account.AccountNews;
import org.skein.auth.internal.account.DefaultAccounts;
import org.skein.auth.internal.account.KeyMaker;
import org.skein.auth.internal.keys.AccountKeys;
import org.skein.auth.internal.keys.DecoySecret;
import org.skein.auth.internal.keys.PasswordWorkers;
import org.skein.auth.internal.limit.LoginAttempts;
import org.skein.testkit.ManualScheduler;
import org.skein.testkit.cluster.InMemoryCluster;
import org.skein.testkit.storage.InMemoryStorage;
import org.skein.xmpp.Jid;

/** The parts of this bundle put together over a storage in memory, with a clock the test turns. */
public final class AuthFixture implements AutoCloseable {
    public static final String HOST = "example.net";
    public static final Jid USER = Jid.of("user@example.net");
    public static final Jid ADMIN = Jid.of("chief@example.net");
    public static final String PASSWORD = "pencil";

    /** Settings a test changes. */
    public static final class Settings implements AuthConfig {
        public int iterations = 4096;
        public boolean plainWithoutTls = false;
        public int loginRate = 3;
        public boolean registration = true;
        public int registrationRate = 3;

        @Override
        public int scramIterations() {
            return iterations;
        }

        @Override
        public boolean plainWithoutTls() {
            return plainWithoutTls;
        }

        @Override
        public int loginRate() {
            return loginRate;
        }

        @Override
        public boolean registration() {
            return registration;
        }

        @Override
        public int registrationRate() {
            return registrationRate;
        }

        @Override
        public Class<? extends Annotation> annotationType() {
            return AuthConfig.class;
        }
    }

    private static final class Hosts implements VirtualHosts {
        @Override
        public Set<String> domains() {
            return Set.of(HOST, "other.example");
        }

        @Override
        public String defaultDomain() {
            return HOST;
        }

        @Override
        public boolean isAdmin(Jid account) {
            return account.bare().equals(ADMIN);
        }
    }

    public final Settings config = new Settings();
    public final AuthSettings settings = new AuthSettings(config);
    public final InMemoryStorage storage;
    public final PasswordWorkers workers = new PasswordWorkers(1, 16);
    public final AccountKeys keys;
    public long nanos = 17;
    public final LoginAttempts attempts = new LoginAttempts(settings, () -> nanos);
    public final VirtualHosts hosts = new Hosts();

    public AuthFixture() {
        this(Runnable::run);
    }

    /** @param executor runs the calls of the storage */
    public AuthFixture(Executor executor) {
        storage = new InMemoryStorage(executor);
        keys = new AccountKeys(settings, new DecoySecret(storage.xml()), storage.accounts());
    }

    public DefaultAccounts accounts(AccountListener... listeners) {
        return new DefaultAccounts(
                hosts,
                workers,
                new KeyMaker(settings),
                keys,
                new AccountNews(new InMemoryCluster(new ManualScheduler()).node("alone"), List.of(listeners)),
                storage.accounts());
    }

    public AuthFixture withUser() {
        get(accounts().create(USER, PASSWORD));
        return this;
    }

    public static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
    }

    /** What a stage failed with. */
    public static Throwable failure(CompletionStage<?> stage) {
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        stage.whenComplete((value, thrown) -> {
            if (thrown == null) failure.completeExceptionally(new AssertionError("did not fail: " + value));
            else
                failure.complete(
                        thrown.getCause() != null && thrown instanceof CompletionException
                                ? thrown.getCause()
                                : thrown);
        });
        return get(failure);
    }

    @Override
    public void close() {
        workers.close();
    }
}
