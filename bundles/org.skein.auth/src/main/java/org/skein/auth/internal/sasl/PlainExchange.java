package org.skein.auth.internal.sasl;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.skein.api.auth.SaslExchange;
import org.skein.api.auth.SaslResult;
import org.skein.api.auth.StreamSecurity;
import org.skein.auth.internal.keys.AccountKeys;
import org.skein.auth.internal.keys.LoginKeys;
import org.skein.auth.internal.keys.PasswordWorkers;
import org.skein.auth.internal.keys.Passwords;
import org.skein.auth.internal.keys.ScramFunctions;
import org.skein.auth.internal.limit.LoginAttempts;
import org.skein.auth.internal.limit.PeerAddress;

/** One PLAIN login (RFC 4616): a single message; an empty first one asks for a challenge (RFC 6120 §6.4.2). */
final class PlainExchange implements SaslExchange {
    private enum State {
        START,
        CHALLENGED,
        DONE
    }

    /** What all exchanges share. */
    record Parts(ScramFunctions functions, AccountKeys keys, PasswordWorkers workers, LoginAttempts attempts) {}

    private final Parts parts;
    private final String host;
    private final StreamSecurity security;
    private State state = State.START;

    PlainExchange(Parts parts, String host, StreamSecurity security) {
        this.parts = parts;
        this.host = host;
        this.security = security;
    }

    @Override
    public CompletionStage<SaslResult> respond(byte[] data) {
        if (state == State.START && data.length == 0) {
            state = State.CHALLENGED;
            return now(new SaslResult.Challenge(data));
        }
        try {
            if (state == State.DONE) {
                throw new MalformedException("the exchange is over");
            }
            state = State.DONE;
            return check(PlainMessage.parse(data));
        } catch (MalformedException e) {
            return now(Failures.malformed(e));
        }
    }

    private CompletionStage<SaslResult> check(PlainMessage message) {
        UserName user = UserName.of(message.name(), host);
        if (!user.mayActAs(message.authzid())) {
            return now(Failures.invalidAuthzid());
        }
        if (isRefused(user)) {
            return now(Failures.tooManyFailures());
        }
        Optional<byte[]> password = prepare(message.password());
        if (password.isEmpty()) { // whoever's it is said to be: no account has such a password
            return now(result(user, false));
        }
        return parts.keys()
                .find(message.name(), user.account(), host, parts.functions())
                .thenCompose(keys -> parts.workers().submit(() -> isLogin(password.get(), keys)))
                .handle((login, failure) -> failure == null ? result(user, login) : Failures.of(failure));
    }

    private boolean isRefused(UserName user) {
        return user.account()
                .filter(a -> parts.attempts().isRefused(a, PeerAddress.of(security.remoteAddress())))
                .isPresent();
    }

    private static Optional<byte[]> prepare(String password) {
        try {
            return Optional.of(Passwords.prepare(password));
        } catch (IllegalArgumentException notAllowed) {
            return Optional.empty();
        }
    }

    private boolean isLogin(byte[] password, LoginKeys keys) {
        return parts.functions().isPassword(password, keys.keys()) & keys.mayLogIn();
    }

    private SaslResult result(UserName user, boolean login) {
        if (login) {
            return new SaslResult.Success(user.account().orElseThrow(), new byte[0]);
        }
        user.account().ifPresent(parts.attempts()::failed);
        return Failures.notAuthorized();
    }

    private static CompletionStage<SaslResult> now(SaslResult result) {
        return CompletableFuture.completedFuture(result);
    }
}
