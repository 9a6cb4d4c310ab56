package org.skein.im.internal.vcard;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.component.IqHandler;
import org.skein.api.component.IqRequest;
import org.skein.api.disco.DiscoContributor;
import org.skein.api.disco.DiscoInfo;
import org.skein.api.disco.DiscoRequest;
import org.skein.api.storage.XmlStore;
import org.skein.xmpp.Element;
import org.skein.xmpp.StanzaError.Condition;
import org.skein.xmpp.StanzaException;

/** vcard-temp (XEP-0054): everybody sets the own one, and may read any. */
@Component
public final class VCards implements IqHandler, DiscoContributor {
    private static final String VCARD = "vcard-temp";

    private final XmlStore store;

    @Activate
    public VCards(@Reference XmlStore store) {
        this.store = store;
    }

    @Override
    public Set<Target> targets() {
        return Set.of(Target.ACCOUNT, Target.HOST);
    }

    @Override
    public Set<String> namespaces() {
        return Set.of(VCARD);
    }

    @Override
    public CompletionStage<Optional<Element>> handle(IqRequest request) {
        if (!request.payload().name().equals("vCard")) {
            throw new StanzaException(Condition.BAD_REQUEST);
        }
        if (request.target() == Target.HOST) {
            return host(request);
        }
        return request.isSet() ? set(request) : get(request);
    }

    private static CompletionStage<Optional<Element>> host(IqRequest request) {
        if (request.isSet()) {
            throw new StanzaException(Condition.FORBIDDEN);
        }
        return CompletableFuture.completedFuture(Optional.of(Element.builder("vCard", VCARD)
                .child("FN", "Skein")
                .child("DESC", "XMPP server of " + request.subject().domain())
                .build()));
    }

    private CompletionStage<Optional<Element>> set(IqRequest request) {
        if (!request.isOwner()) {
            throw new StanzaException(Condition.FORBIDDEN); // §3.2
        }
        return store.put(request.subject(), XmlStore.VCARD, "", request.payload())
                .thenApply(done -> Optional.empty());
    }

    private CompletionStage<Optional<Element>> get(IqRequest request) {
        return store.get(request.subject(), XmlStore.VCARD, "").thenApply(vcard -> {
            if (vcard.isEmpty()) {
                // §3.3: to others, no vCard looks like no account.
                throw new StanzaException(request.isOwner() ? Condition.ITEM_NOT_FOUND : Condition.SERVICE_UNAVAILABLE);
            }
            return vcard;
        });
    }

    @Override
    public void info(DiscoRequest request, DiscoInfo info) {
        if (request.node().isEmpty()) {
            info.feature(VCARD);
        }
    }
}
