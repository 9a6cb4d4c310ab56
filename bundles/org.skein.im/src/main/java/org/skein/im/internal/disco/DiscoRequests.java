package org.skein.im.internal.disco;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.component.IqHandler;
import org.skein.api.component.IqRequest;
import org.skein.api.disco.DiscoRequest;
import org.skein.im.internal.roster.Rosters;
import org.skein.xmpp.Element;
import org.skein.xmpp.StanzaError.Condition;
import org.skein.xmpp.StanzaException;

/** Answers disco#info and disco#items for hosts and accounts (XEP-0030). */
@Component(service = IqHandler.class)
public final class DiscoRequests implements IqHandler {
    private final Disco disco;
    private final ServerCaps caps;
    private final Rosters rosters;

    @Activate
    public DiscoRequests(@Reference Disco disco, @Reference ServerCaps caps, @Reference Rosters rosters) {
        this.disco = disco;
        this.caps = caps;
        this.rosters = rosters;
    }

    @Override
    public Set<Target> targets() {
        return Set.of(Target.HOST, Target.ACCOUNT);
    }

    @Override
    public Set<String> namespaces() {
        return Set.of(InfoAnswer.INFO, Disco.ITEMS);
    }

    @Override
    public CompletionStage<Optional<Element>> handle(IqRequest request) {
        if (request.isSet()) {
            throw new StanzaException(Condition.NOT_ALLOWED); // publishing is no longer part of XEP-0030
        }
        if (!request.payload().name().equals("query")) {
            throw new StanzaException(Condition.BAD_REQUEST);
        }
        if (request.target() == Target.HOST || request.isOwner()) {
            return CompletableFuture.completedFuture(Optional.of(answer(request)));
        }
        // §8: an account says nothing to those who may not see its presence, as one that does not exist.
        return rosters.roster(request.subject()).thenApply(roster -> {
            if (!roster.letsSee(request.from().bare())) {
                throw new StanzaException(Condition.SERVICE_UNAVAILABLE);
            }
            return Optional.of(answer(request));
        });
    }

    private Element answer(IqRequest request) {
        String node = request.payload().attribute("node", "");
        if (request.target() == Target.HOST
                && caps.isOurs(node, request.subject().domain())) {
            return disco.host(request.subject().domain()).toElement(node);
        }
        DiscoRequest asked = new DiscoRequest(request.target(), request.subject(), node, request.from());
        if (request.payload().namespace().equals(Disco.ITEMS)) {
            return disco.items(asked, request.payload().child("set", ResultSet.RSM))
                    .orElseThrow(() -> new StanzaException(Condition.ITEM_NOT_FOUND));
        }
        InfoAnswer info = disco.info(asked);
        if (!info.isFound()) {
            throw new StanzaException(Condition.ITEM_NOT_FOUND);
        }
        return info.toElement(node);
    }
}
