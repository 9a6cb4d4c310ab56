package org.skein.auth.internal.sasl;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import org.skein.api.auth.SaslExchange;
import org.skein.api.auth.SaslResult;
import org.skein.api.auth.StreamSecurity;
import org.skein.auth.internal.limit.LoginAttempts;
import org.skein.auth.internal.limit.PeerAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Any mechanism's exchange, third parties' too: counted, refused to addresses that fail too often, and never failing. */
final class WatchedExchange implements SaslExchange {
    private static final Logger log = LoggerFactory.getLogger(WatchedExchange.class);

    private final String mechanism;
    private final SaslExchange exchange;
    private final Optional<PeerAddress> address;
    private final LoginAttempts attempts;
    private final LongAdder succeeded;
    private final LongAdder failed;

    WatchedExchange(
            String mechanism,
            SaslExchange exchange,
            StreamSecurity security,
            LoginAttempts attempts,
            LongAdder succeeded,
            LongAdder failed) {
        this.mechanism = mechanism;
        this.exchange = exchange;
        this.address = PeerAddress.of(security.remoteAddress());
        this.attempts = attempts;
        this.succeeded = succeeded;
        this.failed = failed;
    }

    @Override
    public CompletionStage<SaslResult> respond(byte[] data) {
        if (attempts.isRefused(address)) {
            return CompletableFuture.completedFuture(seen(Failures.tooManyFailures()));
        }
        return answer(data).handle((result, failure) -> seen(failure == null ? result : Failures.of(failure)));
    }

    private CompletionStage<SaslResult> answer(byte[] data) {
        try {
            return exchange.respond(data);
        } catch (RuntimeException bug) {
            return CompletableFuture.failedFuture(bug);
        }
    }

    private SaslResult seen(SaslResult result) {
        if (result instanceof SaslResult.Success success) {
            succeeded.increment();
            attempts.succeeded(success.account(), address);
            log.debug("what=login account={} mechanism={}", success.account(), mechanism);
        } else if (result instanceof SaslResult.Failure failure) {
            failed.increment();
            if (failure.condition().equals(Failures.NOT_AUTHORIZED)) {
                attempts.failed(address);
            }
            log.debug(
                    "what=login_failed mechanism={} condition={} text={} address={}",
                    mechanism,
                    failure.condition(),
                    failure.text(),
                    address.map(PeerAddress::text).orElse(""));
        }
        return result;
    }

    @Override
    public void abort() {
        exchange.abort();
    }
}
