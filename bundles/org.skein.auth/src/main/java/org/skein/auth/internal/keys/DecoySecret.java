package org.skein.auth.internal.keys;

import static org.osgi.service.component.annotations.ReferenceCardinality.OPTIONAL;
import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.storage.StorageException;
import org.skein.api.storage.XmlStore;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;

/**
 * A secret of each virtual host, from which the salts of accounts that do not exist are made. It is kept in the
 * database, so that such a salt is the same after a restart and on every node, as a real one is.
 */
@Component(service = DecoySecret.class)
public final class DecoySecret {
    static final String COLLECTION = "auth";
    static final String KEY = "decoy";
    private static final String NAMESPACE = "urn:skein:auth";
    private static final int BYTES = 32;

    private final Map<String, CompletableFuture<byte[]>> byHost = new ConcurrentHashMap<>();
    private final SecureRandom random = new SecureRandom();

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile XmlStore store;

    public DecoySecret() {}

    /** For tests. */
    public DecoySecret(XmlStore store) {
        this.store = store;
    }

    /** Read (or made) when first asked for, then from memory. */
    public CompletionStage<byte[]> of(String host) {
        CompletableFuture<byte[]> known = byHost.get(host);
        if (known != null && !known.isCompletedExceptionally()) {
            return known;
        }
        return byHost.compute(host, (h, other) -> other != null && !other.isCompletedExceptionally() ? other : load(h));
    }

    private CompletableFuture<byte[]> load(String host) {
        XmlStore xml = store;
        if (xml == null) {
            return CompletableFuture.failedFuture(new StorageException("no storage is running"));
        }
        Jid owner = Jid.of(host);
        return read(xml, owner)
                .thenCompose(
                        found -> found.isPresent() ? CompletableFuture.completedFuture(found.get()) : make(xml, owner))
                .toCompletableFuture();
    }

    /** Another node may do so at the same moment: what is there in the end is what counts. */
    private CompletionStage<byte[]> make(XmlStore xml, Jid owner) {
        byte[] made = new byte[BYTES];
        random.nextBytes(made);
        Element secret = Element.of("secret", NAMESPACE, Base64.getEncoder().encodeToString(made));
        return xml.put(owner, COLLECTION, KEY, secret)
                .thenCompose(stored -> read(xml, owner))
                .thenApply(found -> found.orElse(made));
    }

    private static CompletionStage<Optional<byte[]>> read(XmlStore xml, Jid owner) {
        return xml.get(owner, COLLECTION, KEY)
                .thenApply(found -> found.map(e -> Base64.getDecoder().decode(e.text())));
    }
}
