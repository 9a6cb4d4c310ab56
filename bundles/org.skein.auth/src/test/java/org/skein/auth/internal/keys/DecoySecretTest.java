package org.skein.auth.internal.keys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.skein.auth.internal.AuthFixture.failure;
import static org.skein.auth.internal.AuthFixture.get;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.skein.api.storage.StorageException;
import org.skein.testkit.storage.InMemoryStorage;

class DecoySecretTest {
    @Test
    void itIsTheSameAfterARestartAndOnAnotherNode() {
        InMemoryStorage storage = new InMemoryStorage();
        byte[] secret = get(new DecoySecret(storage.xml()).of("example.net"));
        assertEquals(32, secret.length);
        assertArrayEquals(secret, get(new DecoySecret(storage.xml()).of("example.net")));
    }

    @Test
    void eachHostHasItsOwn() {
        DecoySecret secrets = new DecoySecret(new InMemoryStorage().xml());
        assertFalse(Arrays.equals(get(secrets.of("example.net")), get(secrets.of("example.org"))));
    }

    @Test
    void whoAsksWhileItIsBeingMadeGetsTheSame() {
        List<Runnable> later = new ArrayList<>();
        DecoySecret secrets = new DecoySecret(new InMemoryStorage(later::add).xml());
        CompletableFuture<byte[]> one = secrets.of("example.net").toCompletableFuture();
        CompletableFuture<byte[]> two = secrets.of("example.net").toCompletableFuture();
        while (!later.isEmpty()) {
            later.remove(0).run();
        }
        assertArrayEquals(get(one), get(two));
    }

    @Test
    void afterAFailureItIsTriedAgain() {
        InMemoryStorage storage = new InMemoryStorage();
        DecoySecret secrets = new DecoySecret(storage.xml());
        storage.available(false);
        assertInstanceOf(StorageException.class, failure(secrets.of("example.net")));
        storage.available(true);
        assertEquals(32, get(secrets.of("example.net")).length);
    }

    @Test
    void onceReadItNeedsNoDatabase() {
        InMemoryStorage storage = new InMemoryStorage();
        DecoySecret secrets = new DecoySecret(storage.xml());
        byte[] secret = get(secrets.of("example.net"));
        storage.available(false);
        assertArrayEquals(secret, get(secrets.of("example.net")));
    }
}
