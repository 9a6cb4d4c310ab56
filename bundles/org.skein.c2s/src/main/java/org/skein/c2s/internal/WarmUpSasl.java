package org.skein.c2s.internal;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.skein.api.auth.Sasl;
import org.skein.api.auth.SaslExchange;
import org.skein.api.auth.SaslResult;
import org.skein.api.auth.StreamSecurity;
import org.skein.xmpp.Jid;

/**
 * The node's own SASL for the first step; for the second the name of a user of {@link WarmUp} will do. So nobody is seen to fail, and
 * no account is needed.
 *
 * @param one a secret, the local part of an account, as is {@code other}
 */
record WarmUpSasl(Sasl sasl, String one, String other) implements Sasl {
    /** Whose first step lets nobody in. */
    static final String MECHANISM = "SCRAM-SHA-1";

    private static final SaslResult REFUSED = new SaslResult.Failure("not-authorized", "");

    @Override
    public List<String> mechanisms(String host, StreamSecurity security) {
        return List.of(MECHANISM);
    }

    @Override
    public Optional<SaslExchange> start(String mechanism, String host, StreamSecurity security) {
        if (!mechanism.equals(MECHANISM)) {
            return Optional.empty();
        }
        return sasl.start(mechanism, host, security).map(first -> new Exchange(first, host));
    }

    private final class Exchange implements SaslExchange {
        private final SaslExchange first;
        private final String host;
        private boolean challenged;

        private Exchange(SaslExchange first, String host) {
            this.first = first;
            this.host = host;
        }

        @Override
        public CompletionStage<SaslResult> respond(byte[] data) {
            if (!challenged) {
                challenged = true;
                return first.respond(data).thenApply(result -> result instanceof SaslResult.Success ? REFUSED : result);
            }
            first.abort();
            String name = new String(data, StandardCharsets.UTF_8);
            return CompletableFuture.completedFuture(
                    name.equals(one) || name.equals(other)
                            ? new SaslResult.Success(Jid.of(name + "@" + host), new byte[0])
                            : REFUSED);
        }

        @Override
        public void abort() {
            first.abort();
        }
    }
}
