package org.skein.auth.internal.sasl;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.skein.api.auth.SaslExchange;
import org.skein.api.auth.SaslResult;
import org.skein.api.auth.StreamSecurity;
import org.skein.auth.internal.keys.AccountKeys;
import org.skein.auth.internal.keys.LoginKeys;
import org.skein.auth.internal.keys.ScramFunctions;
import org.skein.auth.internal.limit.LoginAttempts;
import org.skein.auth.internal.limit.PeerAddress;

/**
 * The server's side of one SCRAM login (RFC 5802 §3). States: first → final → done; an empty first message asks for a
 * challenge once (RFC 6120 §6.4.2). Two HMACs and one hash check a proof, so it is done where the message arrives.
 */
final class ScramExchange implements SaslExchange {
    private enum State {
        START,
        FIRST,
        FINAL,
        DONE
    }

    /** What the exchanges of one mechanism share. */
    record Parts(ScramFunctions functions, boolean plus, AccountKeys keys, LoginAttempts attempts, Nonces nonces) {}

    private final Parts parts;
    private final String host;
    private final StreamSecurity security;
    private final boolean plusOffered;
    private State state = State.START;
    private ClientFirst first;
    private UserName user;
    private LoginKeys keys;
    private String nonce;
    private String serverFirst;

    ScramExchange(Parts parts, String host, StreamSecurity security, List<String> offered) {
        this.parts = parts;
        this.host = host;
        this.security = security;
        this.plusOffered = offered.stream().anyMatch(name -> name.endsWith("-PLUS"));
    }

    @Override
    public CompletionStage<SaslResult> respond(byte[] data) {
        try {
            switch (state) {
                case START:
                    if (data.length == 0) {
                        state = State.FIRST;
                        return now(new SaslResult.Challenge(data));
                    }
                    return first(data);
                case FIRST:
                    return first(data);
                case FINAL:
                    state = State.DONE;
                    return now(last(ClientFinal.parse(data)));
                default:
                    throw new MalformedException("the exchange is over");
            }
        } catch (MalformedException e) {
            state = State.DONE;
            return now(Failures.malformed(e));
        }
    }

    private CompletionStage<SaslResult> first(byte[] data) throws MalformedException {
        state = State.DONE; // unless a challenge goes out
        first = ClientFirst.parse(data);
        user = UserName.of(first.name(), host);
        Optional<SaslResult> refused = refuse();
        if (refused.isPresent()) {
            return now(refused.get());
        }
        return parts.keys()
                .find(first.name(), user.account(), host, parts.functions())
                .handle((found, failure) -> failure == null ? challenge(found) : Failures.of(failure));
    }

    private Optional<SaslResult> refuse() throws MalformedException {
        if (parts.plus() != (first.flag() == 'p')) {
            throw new MalformedException("gs2 flag and mechanism do not agree");
        }
        // The next two are no guesses at a password, and clients that know only tls-unique run into both before they
        // come to PLAIN: so not not-authorized, which counts.
        if (first.flag() == 'y' && plusOffered) { // somebody took the -PLUS mechanisms out of our offer
            throw new MalformedException("server-does-support-channel-binding");
        }
        if (first.flag() == 'p' && !security.channelBindingTypes().contains(first.bindingType())) {
            throw new MalformedException("unsupported-channel-binding-type");
        }
        if (!user.mayActAs(first.authzid())) {
            return Optional.of(Failures.invalidAuthzid());
        }
        boolean tooMany = user.account()
                .filter(a -> parts.attempts().isRefused(a, PeerAddress.of(security.remoteAddress())))
                .isPresent();
        return tooMany ? Optional.of(Failures.tooManyFailures()) : Optional.empty();
    }

    private SaslResult challenge(LoginKeys found) {
        keys = found;
        nonce = first.nonce() + parts.nonces().next();
        serverFirst = "r=" + nonce + ",s="
                + Base64.getEncoder().encodeToString(found.keys().salt()) + ",i="
                + found.keys().iterations();
        state = State.FINAL;
        return new SaslResult.Challenge(bytes(serverFirst));
    }

    private SaslResult last(ClientFinal last) {
        if (!MessageDigest.isEqual(bytes(nonce), bytes(last.nonce()))) {
            return failed("other-error");
        }
        if (!MessageDigest.isEqual(binding(), last.binding())) {
            return failed("channel-bindings-dont-match");
        }
        byte[] authMessage = bytes(first.bare() + ',' + serverFirst + ',' + last.withoutProof());
        ScramFunctions functions = parts.functions();
        byte[] clientKey = functions.hmac(keys.keys().storedKey(), authMessage);
        boolean fits = last.proof().length == clientKey.length;
        for (int i = 0; fits && i < clientKey.length; i++) {
            clientKey[i] ^= last.proof()[i];
        }
        boolean proven =
                MessageDigest.isEqual(functions.h(clientKey), keys.keys().storedKey());
        if (!proven | !keys.mayLogIn()) {
            return failed("");
        }
        byte[] signature = functions.hmac(keys.keys().serverKey(), authMessage);
        return new SaslResult.Success(
                user.account().orElseThrow(), bytes("v=" + Base64.getEncoder().encodeToString(signature)));
    }

    /** RFC 5802 §6: cbind-input, the header and for {@code p} the data of the binding. */
    private byte[] binding() {
        byte[] header = bytes(first.gs2Header());
        if (first.flag() != 'p') {
            return header;
        }
        byte[] data = security.channelBinding(first.bindingType()).orElseThrow();
        byte[] input = new byte[header.length + data.length];
        System.arraycopy(header, 0, input, 0, header.length);
        System.arraycopy(data, 0, input, header.length, data.length);
        return input;
    }

    private SaslResult failed(String text) {
        user.account().ifPresent(parts.attempts()::failed);
        return Failures.notAuthorized(text);
    }

    private static byte[] bytes(String s) {
        return s.getBytes(StandardCharsets.UTF_8);
    }

    private static CompletionStage<SaslResult> now(SaslResult result) {
        return CompletableFuture.completedFuture(result);
    }
}
