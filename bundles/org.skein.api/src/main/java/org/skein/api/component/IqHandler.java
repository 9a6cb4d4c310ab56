package org.skein.api.component;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;
import org.skein.xmpp.Element;

/**
 * Answers iq requests whose payload is in one of its namespaces, as a service; the highest {@code service.ranking}
 * wins. Called on the requester's event loop or any other thread; must not block.
 */
@ConsumerType
public interface IqHandler {
    /** Whom a request is for. */
    enum Target {
        /** A stream before login (in-band registration). */
        STREAM,
        /** An account, by its bare JID or with no {@code to} (RFC 6120 §8.1.1.1). Check {@link IqRequest#isOwner}. */
        ACCOUNT,
        /** A virtual host. */
        HOST
    }

    Set<Target> targets();

    /** Namespaces of the payloads it answers, for get and set. */
    Set<String> namespaces();

    /** Narrows {@link #namespaces}; asked for each request. */
    default boolean accepts(IqRequest request) {
        return true;
    }

    /**
     * @return the result's payload, empty for an empty result; fails with {@link org.skein.xmpp.StanzaException} (or
     *     throws it) for an error. Any other failure is {@code internal-server-error}, a
     *     {@link org.skein.api.storage.StorageException} {@code resource-constraint} of type wait.
     */
    CompletionStage<Optional<Element>> handle(IqRequest request);
}
