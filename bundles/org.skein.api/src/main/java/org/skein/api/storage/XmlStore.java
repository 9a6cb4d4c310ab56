package org.skein.api.storage;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;

/**
 * One element for each (owner, collection, key): vCards ({@link #VCARD}, key empty), private XML ({@link #PRIVATE}, key
 * {@code {namespace}name}).
 */
@ConsumerType
public interface XmlStore {
    String VCARD = "vcard";
    String PRIVATE = "private";

    /** Fails with {@link QuotaException} if owner's collection would have more than it may. */
    CompletionStage<Void> put(Jid owner, String collection, String key, Element value);

    CompletionStage<Optional<Element>> get(Jid owner, String collection, String key);

    CompletionStage<Void> remove(Jid owner, String collection, String key);
}
