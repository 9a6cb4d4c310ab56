package org.skein.c2s.internal;

import java.util.Base64;
import java.util.Optional;
import java.util.function.Consumer;
import org.skein.api.auth.SaslExchange;
import org.skein.api.auth.SaslResult;
import org.skein.xmpp.Element;
import org.skein.xmpp.Ns;
import org.skein.xmpp.StreamError.Condition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** SASL on one stream (RFC 6120 §6.4): one exchange after the other, until one succeeds or too many failed. */
final class SaslNegotiation {
    private static final Logger log = LoggerFactory.getLogger(SaslNegotiation.class);
    private static final int MAX_FAILURES = 5;
    private static final byte[] NOTHING = {};

    private final ClientConnection connection;
    private final StreamServices services;
    private final Turn turn;
    private final Consumer<SaslResult> outcome;
    private SaslExchange exchange; // null where none is running
    private int failures;

    /** @param outcome told of each result before the client is */
    SaslNegotiation(ClientConnection connection, StreamServices services, Turn turn, Consumer<SaslResult> outcome) {
        this.connection = connection;
        this.services = services;
        this.turn = turn;
        this.outcome = outcome;
    }

    void begin(String host, Element auth) {
        turn.take(
                () -> start(host, auth),
                () -> refuse("temporary-auth-failure", "resource-constraint: " + Turn.TOO_MANY));
    }

    private void start(String host, Element auth) {
        Optional<String> mechanism = auth.attribute("mechanism");
        if (mechanism.isEmpty()) {
            refuse("invalid-mechanism", "");
            return;
        }
        Optional<SaslExchange> started = services.sasl().start(mechanism.get(), host, connection.security());
        if (started.isEmpty()) {
            refuse("invalid-mechanism", "");
            return;
        }
        exchange = started.get();
        respond(auth);
    }

    /** The data of {@code <auth/>} or {@code <response/>}. */
    void respond(Element element) {
        if (!element.children().isEmpty()) {
            refuse("malformed-request", "");
            return;
        }
        Optional<byte[]> data = decode(element.text());
        if (data.isEmpty()) {
            refuse("incorrect-encoding", "");
            return;
        }
        SaslExchange asked = exchange;
        connection.hold(true); // one step at a time
        asked.respond(data.get()).whenComplete((result, failure) -> {
            if (connection.inEventLoop() && failure == null) {
                answer(asked, result);
            } else {
                connection.execute(() -> answer(asked, failure == null ? result : failed(failure)));
            }
        });
    }

    private static SaslResult failed(Throwable failure) {
        log.error("what=sasl_failed", failure);
        return new SaslResult.Failure("temporary-auth-failure", "");
    }

    /** Base64 in its strict form (RFC 6120 §13.9.1); {@code =} stands for no data at all (§6.4.2). */
    private static Optional<byte[]> decode(String text) {
        if (text.isEmpty() || text.equals("=")) {
            return Optional.of(NOTHING);
        }
        if (text.length() % 4 != 0) {
            return Optional.empty(); // the decoder would let missing padding pass
        }
        try {
            return Optional.of(Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException e) {
            log.trace("what=bad_base64", e);
            return Optional.empty();
        }
    }

    private void answer(SaslExchange asked, SaslResult result) {
        if (asked != exchange || connection.isClosing()) {
            return;
        }
        if (result instanceof SaslResult.Challenge challenge) {
            connection.write(Element.of("challenge", Ns.SASL, encode(challenge.data())));
        } else if (result instanceof SaslResult.Success success) {
            exchange = null;
            connection.write(Element.of("success", Ns.SASL, encode(success.data())));
            outcome.accept(result);
        } else if (result instanceof SaslResult.Failure failure) {
            exchange = null; // it knows
            refuse(failure.condition(), failure.text());
        }
        connection.hold(false);
    }

    private static String encode(byte[] data) {
        return Base64.getEncoder().encodeToString(data);
    }

    /** Ends the exchange, if one is running. */
    void refuse(String condition, String text) {
        gone();
        SaslResult.Failure failure = new SaslResult.Failure(condition, text);
        outcome.accept(failure);
        Element.Builder element = Element.builder("failure", Ns.SASL).child(condition, "");
        if (!text.isEmpty()) {
            element.child(Element.builder("text", Ns.SASL)
                    .attribute(Ns.XML, "lang", "en")
                    .text(text)
                    .build());
        }
        connection.write(element.build());
        log.debug("what=login_refused id={} condition={}", connection.id(), condition);
        if (++failures >= MAX_FAILURES) {
            connection.close(Optional.of(Condition.POLICY_VIOLATION.error("too many failed logins")));
        }
    }

    void gone() {
        if (exchange != null) {
            exchange.abort();
            exchange = null;
        }
    }
}
