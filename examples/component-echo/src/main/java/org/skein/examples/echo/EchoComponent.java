package org.skein.examples.echo;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Component;
import org.skein.api.component.ComponentContext;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StanzaError;

/** Sends every message back to who wrote it. Once its jar is in {@code deploy/}, {@code echo.localhost} answers. */
@Component(property = org.skein.api.component.Component.NAME + "=echo")
public final class EchoComponent implements org.skein.api.component.Component {

    @Override
    public String description() {
        return "Echo";
    }

    @Override
    public CompletionStage<Void> handle(Stanza stanza, ComponentContext context) {
        if (stanza.isMessage() && !stanza.isError()) {
            Stanza.Builder reply = stanza.reply(stanza.type());
            stanza.payload().forEach(reply::add);
            context.send(reply.build());
        } else if (stanza.isRequest()) {
            // A request always gets one reply (RFC 6120 §8.2.3).
            context.send(stanza.error(StanzaError.Condition.SERVICE_UNAVAILABLE.error()));
        }
        return CompletableFuture.completedFuture(null);
    }
}
