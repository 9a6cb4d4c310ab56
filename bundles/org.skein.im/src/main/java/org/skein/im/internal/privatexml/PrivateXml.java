package org.skein.im.internal.privatexml;

import java.util.List;
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

/** Private XML storage (XEP-0049): elements of a user for nobody else, one of each name and namespace. */
@Component
public final class PrivateXml implements IqHandler, DiscoContributor {
    private static final String PRIVATE = "jabber:iq:private";
    /** In one request; each is a row. */
    private static final int MAX_ELEMENTS = 20;

    private final XmlStore store;

    @Activate
    public PrivateXml(@Reference XmlStore store) {
        this.store = store;
    }

    @Override
    public Set<Target> targets() {
        return Set.of(Target.ACCOUNT);
    }

    @Override
    public Set<String> namespaces() {
        return Set.of(PRIVATE);
    }

    @Override
    public void info(DiscoRequest request, DiscoInfo info) {
        if (request.isHost() && request.node().isEmpty()) {
            info.feature(PRIVATE);
        }
    }

    @Override
    public CompletionStage<Optional<Element>> handle(IqRequest request) {
        if (!request.isOwner()) {
            throw new StanzaException(Condition.FORBIDDEN); // §2.3
        }
        List<Element> elements = request.payload().children();
        if (!request.payload().name().equals("query") || elements.isEmpty()) {
            throw new StanzaException(Condition.BAD_REQUEST);
        }
        for (Element e : elements) {
            if (e.namespace().isEmpty() || e.namespace().equals(PRIVATE)) {
                throw new StanzaException(Condition.BAD_REQUEST, "an element in a namespace of its own"); // §2.2
            }
        }
        if (request.isSet()) {
            return set(request, elements);
        }
        if (elements.size() != 1) {
            throw new StanzaException(Condition.BAD_REQUEST, "one element at a time"); // §2.1
        }
        return get(request, elements.get(0));
    }

    private static String key(Element e) {
        return '{' + e.namespace() + '}' + e.name();
    }

    private CompletionStage<Optional<Element>> set(IqRequest request, List<Element> elements) {
        if (elements.size() > MAX_ELEMENTS) {
            throw new StanzaException(Condition.NOT_ACCEPTABLE, "more than " + MAX_ELEMENTS + " elements");
        }
        CompletionStage<Void> stored = CompletableFuture.completedFuture(null);
        for (Element e : elements) {
            stored = stored.thenCompose(done -> store.put(request.subject(), XmlStore.PRIVATE, key(e), e));
        }
        return stored.thenApply(done -> Optional.empty());
    }

    private CompletionStage<Optional<Element>> get(IqRequest request, Element asked) {
        return store.get(request.subject(), XmlStore.PRIVATE, key(asked))
                .thenApply(found -> Optional.of(Element.builder("query", PRIVATE)
                        .child(found.orElseGet(() -> Element.of(asked.name(), asked.namespace())))
                        .build()));
    }
}
