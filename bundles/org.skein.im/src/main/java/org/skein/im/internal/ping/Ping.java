package org.skein.im.internal.ping;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Component;
import org.skein.api.component.IqHandler;
import org.skein.api.component.IqRequest;
import org.skein.api.disco.DiscoContributor;
import org.skein.api.disco.DiscoInfo;
import org.skein.api.disco.DiscoRequest;
import org.skein.xmpp.Element;
import org.skein.xmpp.StanzaError.Condition;
import org.skein.xmpp.StanzaException;

/** XMPP Ping (XEP-0199): of the host by anybody, of an account by its owner. */
@Component
public final class Ping implements IqHandler, DiscoContributor {
    private static final String PING = "urn:xmpp:ping";

    @Override
    public Set<Target> targets() {
        return Set.of(Target.HOST, Target.ACCOUNT);
    }

    @Override
    public Set<String> namespaces() {
        return Set.of(PING);
    }

    @Override
    public boolean accepts(IqRequest request) {
        return request.target() == Target.HOST || request.isOwner();
    }

    @Override
    public CompletionStage<Optional<Element>> handle(IqRequest request) {
        if (!request.isGet() || !request.payload().name().equals("ping")) {
            throw new StanzaException(Condition.BAD_REQUEST);
        }
        return CompletableFuture.completedFuture(Optional.empty());
    }

    @Override
    public void info(DiscoRequest request, DiscoInfo info) {
        if (request.node().isEmpty()) {
            info.feature(PING);
        }
    }
}
