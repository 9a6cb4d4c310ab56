package org.skein.c2s.internal;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.skein.api.auth.SaslResult;
import org.skein.api.component.IqHandler;
import org.skein.api.component.IqRequest;
import org.skein.api.session.StreamFeatures;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Ns;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StreamError;
import org.skein.xmpp.StreamError.Condition;
import org.skein.xmpp.stream.StreamSink;
import org.skein.xmpp.stream.XmlStreamParser.Limits;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stream before login (RFC 6120 §4 to §6): header, STARTTLS, header, SASL, header. Then the session manager takes
 * over. Belongs to the connection's event loop.
 */
final class Negotiation implements StreamSink {
    private static final Logger log = LoggerFactory.getLogger(Negotiation.class);
    private static final String STREAM_LIMITS = "urn:xmpp:stream-limits:0";
    private static final String CHANNEL_BINDING = "urn:xmpp:sasl-cb:0";
    private static final String REGISTER = "jabber:iq:register";

    /**
     * <pre>
     * HEADER -header-> OPEN -starttls-> HEADER
     *                  OPEN -auth-> SASL (challenge, response …) -failure-> OPEN
     *                               SASL -success-> RESTART -header-> (established)
     * </pre>
     */
    private enum State {
        /** A stream header must come. */
        HEADER,
        /** Features are sent; the client chooses. */
        OPEN,
        /** A SASL exchange is running. */
        SASL,
        /** Logged in; the last stream header must come. */
        RESTART
    }

    private final ClientConnection connection;
    private final StreamServices services;
    private final Turn turn;
    private State state = State.HEADER;
    private String host = "";
    private SaslNegotiation sasl; // null before it is first needed
    private Jid account; // null before login

    Negotiation(ClientConnection connection, StreamServices services) {
        this.connection = connection;
        this.services = services;
        this.turn = new Turn(connection);
    }

    /** TLS from the first byte on: the client is not read before it is its turn. */
    void beginWithTls() {
        // There is nobody yet to tell why.
        turn.take(() -> {}, connection::cut);
    }

    // ---- streams --------------------------------------------------------------------------------------------------

    @Override
    public void streamOpened(Element header, String defaultNamespace) {
        Optional<String> to = header.attribute("to").map(t -> t.toLowerCase(Locale.ROOT));
        Optional<Jid> peer = header.attribute("from").flatMap(Negotiation::parse);
        boolean known = to.isPresent() && services.hosts().isLocal(to.get());
        String from = known ? to.get() : services.hosts().defaultDomain();
        connection.writeHeader(from, peer);
        if (!defaultNamespace.equals(Ns.CLIENT)) {
            fail(Condition.INVALID_NAMESPACE.error("the default namespace must be " + Ns.CLIENT));
        } else if (!isVersion1(header.attribute("version", ""))) {
            fail(Condition.UNSUPPORTED_VERSION.error("only version 1.0 is supported"));
        } else if (to.isEmpty()) {
            fail(Condition.IMPROPER_ADDRESSING.error("the stream header has no 'to'"));
        } else if (!known) {
            fail(Condition.HOST_UNKNOWN.error(to.get() + " is not served here"));
        } else {
            opened(from);
        }
    }

    private static Optional<Jid> parse(String address) {
        try {
            return Optional.of(Jid.of(address));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // it only would have been echoed
        }
    }

    private static boolean isVersion1(String version) {
        int dot = version.indexOf('.');
        try {
            return dot > 0
                    && Integer.parseInt(version, 0, dot, 10) >= 1
                    && Integer.parseInt(version, dot + 1, version.length(), 10) >= 0;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private void opened(String newHost) {
        if (state == State.RESTART && !newHost.equals(host)) {
            fail(Condition.IMPROPER_ADDRESSING.error("logged in to " + host));
            return;
        }
        host = newHost;
        Optional<String> elsewhere = elsewhere();
        if (elsewhere.isPresent()) {
            fail(Condition.SEE_OTHER_HOST.error(elsewhere.get()));
        } else if (!services.permit().mayLogIn()) {
            refuse();
        } else if (state == State.RESTART) {
            connection.write(limited(
                    services.sessions().features(host), connection.settings().afterLogin()));
            connection.established(account);
        } else {
            state = State.OPEN;
            connection.write(features());
        }
    }

    private Optional<String> elsewhere() {
        try {
            return services.redirect().get().flatMap(r -> r.otherHost(host, Optional.ofNullable(account)));
        } catch (RuntimeException e) {
            log.warn("what=redirect_failed host={}", host, e);
            return Optional.empty();
        }
    }

    private void refuse() {
        fail(Condition.SYSTEM_SHUTDOWN.error("no logins at this node now, try another one"));
    }

    private Element features() {
        Element.Builder features = Element.builder("features", Ns.STREAMS);
        boolean encrypted = connection.security().isEncrypted();
        if (!encrypted) {
            Element.Builder startTls = Element.builder("starttls", Ns.TLS);
            if (mustEncrypt()) {
                return features.child(startTls.child("required", "").build()).build();
            }
            features.child(startTls.build());
        }
        List<String> mechanisms = services.sasl().mechanisms(host, connection.security());
        if (!mechanisms.isEmpty()) {
            Element.Builder offered = Element.builder("mechanisms", Ns.SASL);
            mechanisms.forEach(m -> offered.child("mechanism", m));
            features.child(offered.build());
        }
        if (mechanisms.stream().anyMatch(m -> m.endsWith("-PLUS"))) {
            Element.Builder bindings = Element.builder("sasl-channel-binding", CHANNEL_BINDING);
            for (String type : connection.security().channelBindingTypes()) {
                bindings.child(Element.builder("channel-binding", CHANNEL_BINDING)
                        .attribute("type", type)
                        .build());
            }
            features.child(bindings.build());
        }
        for (StreamFeatures more : services.features().get()) {
            more.features(StreamFeatures.Phase.BEFORE_LOGIN, host, encrypted).forEach(features::child);
        }
        return limited(features.build(), connection.settings().beforeLogin());
    }

    /** XEP-0478: how large a stanza may be from here on. */
    private static Element limited(Element features, Limits limits) {
        if (limits.maxStanzaBytes() == Integer.MAX_VALUE) {
            return features;
        }
        return features.with(Element.builder("limits", STREAM_LIMITS)
                .child("max-bytes", Integer.toString(limits.maxStanzaBytes()))
                .build());
    }

    private boolean mustEncrypt() {
        return connection.settings().tlsRequired() && !connection.security().isEncrypted();
    }

    @Override
    public void streamClosed() {
        connection.clientClosed();
    }

    @Override
    public void streamError(StreamError error) {
        fail(error);
    }

    private void fail(StreamError error) {
        connection.close(Optional.of(error));
    }

    /** The connection is closed or closing. */
    void gone() {
        turn.end();
        if (sasl != null) {
            sasl.gone();
        }
    }

    // ---- TLS and SASL ---------------------------------------------------------------------------------------------

    @Override
    public void nonza(Element element) {
        if (element.namespace().equals(Ns.TLS) && element.name().equals("starttls")) {
            startTls();
        } else if (element.namespace().equals(Ns.SASL)) {
            sasl(element);
        } else {
            fail(Condition.NOT_AUTHORIZED.error("log in first"));
        }
    }

    private void startTls() {
        if (state != State.OPEN || connection.security().isEncrypted()) {
            connection.write(Element.of("failure", Ns.TLS)); // RFC 6120 §5.4.2.2: and the stream ends
            connection.close(Optional.empty());
            return;
        }
        state = State.HEADER;
        turn.take(this::proceed, () -> fail(Condition.RESOURCE_CONSTRAINT.error(Turn.TOO_MANY)));
    }

    private void proceed() {
        connection.discardRestOfSegment();
        connection.restart();
        connection.write(Element.of("proceed", Ns.TLS));
        String asked = host;
        connection.startTls(() -> asked);
    }

    private void sasl(Element element) {
        if (sasl == null) {
            sasl = new SaslNegotiation(connection, services, turn, this::answered);
        }
        if (!services.permit().mayLogIn()) {
            refuse();
            return;
        }
        switch (element.name()) {
            case "auth" -> {
                boolean fresh = state == State.OPEN;
                state = State.SASL;
                if (mustEncrypt()) {
                    sasl.refuse("encryption-required", "");
                } else if (fresh) {
                    sasl.begin(host, element);
                } else {
                    sasl.refuse("malformed-request", "an exchange is running");
                }
            }
            case "response" -> {
                if (state == State.SASL) {
                    sasl.respond(element);
                } else {
                    sasl.refuse("malformed-request", "no exchange is running");
                }
            }
            case "abort" -> sasl.refuse("aborted", "");
            default -> fail(Condition.UNSUPPORTED_STANZA_TYPE.error(element.name()));
        }
    }

    private void answered(SaslResult result) {
        if (result instanceof SaslResult.Success success) {
            account = success.account();
            state = State.RESTART;
            connection.restart();
        } else if (result instanceof SaslResult.Failure) {
            state = State.OPEN;
        }
    }

    // ---- stanzas --------------------------------------------------------------------------------------------------

    @Override
    public void stanza(Stanza stanza) {
        boolean toHost = stanza.to().map(t -> t.toString().equals(host)).orElse(true);
        if (state != State.OPEN
                || mustEncrypt()
                || !stanza.isRequest()
                || stanza.id().isEmpty()
                || !toHost) {
            fail(Condition.NOT_AUTHORIZED.error("log in first"));
            return;
        }
        if (!services.permit().mayLogIn()) {
            refuse();
            return;
        }
        connection.hold(true);
        CompletionStage<Stanza> reply = services.iqs()
                .dispatch(new IqRequest(stanza, IqHandler.Target.STREAM, Jid.of(host), connection.remoteAddress()));
        reply.whenComplete((answer, failure) -> connection.execute(() -> {
            if (failure != null) {
                fail(Condition.INTERNAL_SERVER_ERROR.error());
            } else if (!stanza.hasPayloadIn(REGISTER) && isNobodysBusiness(answer)) {
                fail(Condition.NOT_AUTHORIZED.error("log in first"));
            } else {
                connection.write(answer);
                connection.hold(false);
            }
        }));
    }

    private static boolean isNobodysBusiness(Stanza answer) {
        return answer.isError()
                && answer.child("error", Ns.CLIENT)
                        .flatMap(e -> e.child("service-unavailable", Ns.STANZA_ERROR))
                        .isPresent();
    }

    @Override
    public void malformedAddress(Element raw) {
        fail(Condition.NOT_AUTHORIZED.error("log in first"));
    }
}
