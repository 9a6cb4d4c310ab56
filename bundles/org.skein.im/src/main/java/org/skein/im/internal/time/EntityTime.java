package org.skein.im.internal.time;

import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.skein.api.component.IqHandler;
import org.skein.api.component.IqRequest;
import org.skein.api.disco.DiscoContributor;
import org.skein.api.disco.DiscoInfo;
import org.skein.api.disco.DiscoRequest;
import org.skein.xmpp.Element;
import org.skein.xmpp.StanzaError.Condition;
import org.skein.xmpp.StanzaException;

/** The host's time (XEP-0202), in UTC. */
@Component
public final class EntityTime implements IqHandler, DiscoContributor {
    private static final String TIME = "urn:xmpp:time";

    private final Clock clock;

    @Activate
    public EntityTime() {
        this(Clock.systemUTC());
    }

    EntityTime(Clock clock) {
        this.clock = clock;
    }

    @Override
    public Set<Target> targets() {
        return Set.of(Target.HOST);
    }

    @Override
    public Set<String> namespaces() {
        return Set.of(TIME);
    }

    @Override
    public CompletionStage<Optional<Element>> handle(IqRequest request) {
        if (!request.isGet() || !request.payload().name().equals("time")) {
            throw new StanzaException(Condition.BAD_REQUEST);
        }
        return CompletableFuture.completedFuture(Optional.of(Element.builder("time", TIME)
                .child("tzo", "+00:00")
                .child("utc", clock.instant().truncatedTo(ChronoUnit.SECONDS).toString())
                .build()));
    }

    @Override
    public void info(DiscoRequest request, DiscoInfo info) {
        if (request.isHost() && request.node().isEmpty()) {
            info.feature(TIME);
        }
    }
}
