package org.skein.auth.internal.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.skein.auth.internal.AuthFixture.HOST;
import static org.skein.auth.internal.AuthFixture.PASSWORD;
import static org.skein.auth.internal.AuthFixture.USER;
import static org.skein.auth.internal.AuthFixture.failure;
import static org.skein.auth.internal.AuthFixture.get;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.skein.api.auth.AccountException;
import org.skein.api.auth.AccountException.Reason;
import org.skein.api.auth.AccountListener;
import org.skein.api.auth.ScramCredentials;
import org.skein.api.storage.AccountRepository.StoredAccount;
import org.skein.api.storage.StorageException;
import org.skein.auth.internal.AuthFixture;
import org.skein.xmpp.Jid;

class DefaultAccountsTest {
    private final AuthFixture auth = new AuthFixture();
    private final List<String> told = new ArrayList<>();
    private final DefaultAccounts accounts = auth.accounts(new BrokenListener(), new RecordingListener());

    @AfterEach
    void stop() {
        auth.close();
    }

    private final class RecordingListener implements AccountListener {
        @Override
        public CompletionStage<Runnable> accountRemoving(Jid account) {
            boolean there = get(auth.storage.accounts().find(account)).isPresent();
            return CompletableFuture.completedStage(() -> told.add("left " + account + (there ? "" : ", too late")));
        }

        @Override
        public void accountRemoved(Jid account) {
            told.add("removed " + account);
        }

        @Override
        public void passwordChanged(Jid account) {
            told.add("changed " + account);
        }

        @Override
        public void accountDisabled(Jid account) {
            told.add("disabled " + account);
        }

        @Override
        public void accountEnabled(Jid account) {
            told.add("enabled " + account);
        }
    }

    private static final class BrokenListener implements AccountListener {
        private final CompletionStage<Runnable> broken = CompletableFuture.completedStage(() -> {
            throw new IllegalStateException("on purpose");
        });

        @Override
        public CompletionStage<Runnable> accountRemoving(Jid account) {
            if (account.local().equals("throwing")) {
                throw new IllegalStateException("on purpose");
            }
            return account.local().equals("failing")
                    ? CompletableFuture.failedStage(new StorageException("on purpose"))
                    : broken;
        }

        @Override
        public void accountRemoved(Jid account) {
            throw new IllegalStateException("on purpose");
        }

        @Override
        public void passwordChanged(Jid account) {
            throw new IllegalStateException("on purpose");
        }
    }

    private static void assertReason(Reason reason, CompletionStage<?> stage) {
        assertEquals(
                reason, assertInstanceOf(AccountException.class, failure(stage)).reason());
    }

    @Test
    void aNewAccountHasKeysForEveryHashAndNoPassword() {
        get(accounts.create(USER, PASSWORD));
        StoredAccount stored = get(auth.storage.accounts().find(USER)).orElseThrow();
        Set<String> hashes = new HashSet<>();
        Set<String> salts = new HashSet<>();
        for (ScramCredentials keys : stored.credentials()) {
            hashes.add(keys.hash());
            salts.add(HexFormat.of().formatHex(keys.salt()));
            assertEquals(4096, keys.iterations());
            assertEquals(16, keys.salt().length);
        }
        assertEquals(Set.of("SHA-1", "SHA-256"), hashes);
        assertEquals(2, salts.size());
    }

    @Test
    void theNodeThatMadeAnAccountIsToldSoOnce() {
        List<String> made = new ArrayList<>();
        DefaultAccounts told = auth.accounts(new AccountListener() {
            @Override
            public void accountCreated(Jid account) {
                made.add("created");
            }

            @Override
            public void createdHere(Jid account) {
                made.add("here");
            }
        });
        get(told.create(USER, PASSWORD));
        failure(told.create(USER, PASSWORD));
        assertEquals(List.of("created", "here"), made);
    }

    @Test
    void twoAccountsWithOnePasswordShareNothing() {
        get(accounts.create(USER, PASSWORD));
        Jid other = Jid.of("other@example.net");
        get(accounts.create(other, PASSWORD));
        assertNotEquals(storedKey(USER), storedKey(other));
    }

    private String storedKey(Jid account) {
        StoredAccount stored = get(auth.storage.accounts().find(account)).orElseThrow();
        return HexFormat.of().formatHex(stored.credentials().get(0).storedKey());
    }

    @Test
    void iterationsBelowTheLeastAllowedAreRaised() {
        auth.config.iterations = 1;
        get(accounts.create(USER, PASSWORD));
        StoredAccount stored = get(auth.storage.accounts().find(USER)).orElseThrow();
        assertEquals(4096, stored.credentials().get(0).iterations());
    }

    @Test
    void anAccountIsMadeOnlyOnce() {
        get(accounts.create(USER, PASSWORD));
        assertReason(Reason.EXISTS, accounts.create(USER, "another"));
        assertTrue(get(accounts.verify(USER, PASSWORD)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"example.net", "user@example.net/home", "example.net/home"})
    void anAccountIsABareAddressWithALocalPart(String address) {
        assertReason(Reason.INVALID, accounts.create(Jid.of(address), PASSWORD));
        assertReason(Reason.INVALID, accounts.setPassword(Jid.of(address), PASSWORD));
        assertReason(Reason.INVALID, accounts.delete(Jid.of(address)));
        assertFalse(get(accounts.exists(Jid.of(address))));
        assertFalse(get(accounts.verify(Jid.of(address), PASSWORD)));
    }

    @Test
    void anAccountIsAtAVirtualHost() {
        Jid elsewhere = Jid.of("user@elsewhere.example");
        assertReason(Reason.UNKNOWN_HOST, accounts.create(elsewhere, PASSWORD));
        assertFalse(get(accounts.exists(elsewhere)));
        assertFalse(get(accounts.verify(elsewhere, PASSWORD)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "tab\tbed", "nul\0l"})
    void aPasswordFollowsRfc8265(String password) {
        assertReason(Reason.INVALID, accounts.create(USER, password));
        get(accounts.create(USER, PASSWORD));
        assertReason(Reason.INVALID, accounts.setPassword(USER, password));
        assertFalse(get(accounts.verify(USER, password)));
    }

    @Test
    void onlyThePasswordSetLastIsTheRightOne() {
        get(accounts.create(USER, PASSWORD));
        assertTrue(get(accounts.verify(USER, PASSWORD)));
        get(accounts.setPassword(USER, "crayon"));
        assertFalse(get(accounts.verify(USER, PASSWORD)));
        assertTrue(get(accounts.verify(USER, "crayon")));
        assertEquals(List.of("changed user@example.net"), told);
    }

    @Test
    void aDisabledAccountHasNoRightPassword() {
        get(accounts.create(USER, PASSWORD));
        assertFalse(get(accounts.isDisabled(USER)));
        get(accounts.setDisabled(USER, true));
        assertFalse(get(accounts.verify(USER, PASSWORD)));
        assertTrue(get(accounts.isDisabled(USER)));
        assertEquals(List.of(USER), get(accounts.listDisabled(HOST, Optional.empty(), 10)));
        assertEquals(1L, get(accounts.countDisabled(HOST)));
        get(accounts.setDisabled(USER, false));
        assertTrue(get(accounts.verify(USER, PASSWORD)));
        assertEquals(0L, get(accounts.countDisabled(HOST)));
        assertEquals(List.of("disabled user@example.net", "enabled user@example.net"), told);
    }

    @Test
    void whatIsNotThereCannotBeChangedOrRemoved() {
        assertReason(Reason.NOT_FOUND, accounts.setPassword(USER, PASSWORD));
        assertReason(Reason.NOT_FOUND, accounts.delete(USER));
        assertReason(Reason.NOT_FOUND, accounts.setDisabled(USER, true));
        assertReason(Reason.UNKNOWN_HOST, accounts.setDisabled(Jid.of("user@elsewhere.example"), true));
        assertEquals(List.of(), told);
    }

    @Test
    void aRemovedAccountIsGoneAndListenersKnowThoughOneIsBroken() {
        get(accounts.create(USER, PASSWORD));
        get(accounts.delete(USER));
        assertFalse(get(accounts.exists(USER)));
        assertEquals(List.of("left user@example.net", "removed user@example.net"), told);
    }

    @ParameterizedTest
    @ValueSource(strings = {"throwing", "failing"})
    void aListenerThatCannotPrepareKeepsNoAccountFromBeingRemoved(String name) {
        Jid account = Jid.of(name + "@" + HOST);
        get(accounts.create(account, PASSWORD));
        get(accounts.delete(account));
        assertFalse(get(accounts.exists(account)));
        assertEquals(List.of("left " + account, "removed " + account), told);
    }

    @Test
    void whatListenersPreparedIsNotDoneWhereNothingIsRemoved() {
        assertReason(Reason.NOT_FOUND, accounts.delete(USER));
        auth.storage.available(false);
        AccountListener farewell = new AccountListener() {
            @Override
            public CompletionStage<Runnable> accountRemoving(Jid account) {
                return CompletableFuture.completedStage(() -> told.add("left " + account));
            }
        };
        assertInstanceOf(StorageException.class, failure(auth.accounts(farewell).delete(USER)));
        assertEquals(List.of(), told);
    }

    @Test
    void accountsAreListedAndCountedPerHost() {
        for (String name : List.of("c", "a", "b")) {
            get(accounts.create(Jid.of(name + "@" + HOST), PASSWORD));
        }
        get(accounts.create(Jid.of("a@other.example"), PASSWORD));
        assertEquals(3, get(accounts.count(HOST)));
        assertEquals(
                List.of(Jid.of("a@example.net"), Jid.of("b@example.net")),
                get(accounts.list(HOST, Optional.empty(), 2)));
        assertEquals(
                List.of(Jid.of("c@example.net")), get(accounts.list(HOST, Optional.of(Jid.of("b@example.net")), 2)));
    }

    @Test
    void aDatabaseThatIsDownIsSaid() {
        auth.storage.available(false);
        assertInstanceOf(StorageException.class, failure(accounts.create(USER, PASSWORD)));
        assertInstanceOf(StorageException.class, failure(accounts.setPassword(USER, PASSWORD)));
        assertInstanceOf(StorageException.class, failure(accounts.delete(USER)));
        assertInstanceOf(StorageException.class, failure(accounts.verify(USER, PASSWORD)));
    }
}
