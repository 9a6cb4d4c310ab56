package org.skein.net.internal.tls;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslCachingX509KeyManagerFactory;
import io.netty.handler.ssl.OpenSslServerSessionContext;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes TLS contexts: TLS 1.2 and 1.3, only suites with forward secrecy, sessions kept by the client (tickets). */
final class ContextFactory {
    private static final Logger log = LoggerFactory.getLogger(ContextFactory.class);
    private static final List<String> SUITES = List.of(
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");
    private static final int JDK_SESSIONS = 1000;
    private static final int SESSION_SECONDS = 3600;

    private final boolean openSsl;
    private final KeyingMaterial keyingMaterial = new KeyingMaterial();

    /** @param engine {@code auto}, {@code openssl} or {@code jdk} */
    ContextFactory(String engine) {
        openSsl = !engine.equals("jdk") && OpenSsl.isAvailable();
        if (engine.equals("openssl") && !openSsl) {
            log.warn("what=tls_engine_missing asked=openssl used=jdk", OpenSsl.unavailabilityCause());
        }
    }

    String engine() {
        return openSsl ? "openssl" : "jdk";
    }

    KeyingMaterial keyingMaterial() {
        return keyingMaterial;
    }

    /** BoringSSL's form of the key is made once, not anew for each handshake. */
    private KeyManagerFactory keys(HostCertificate certificate) {
        KeyManagerFactory keys = new HostKeyManagerFactory(certificate);
        return openSsl ? new OpenSslCachingX509KeyManagerFactory(keys) : keys;
    }

    /** For both ends of connections between processes that pin each other: TLS 1.3, nothing resumed. */
    SslContext createPinned(HostCertificate certificate, TrustManager trust, boolean client) throws SSLException {
        SslContextBuilder builder = client
                ? SslContextBuilder.forClient().keyManager(keys(certificate)).endpointIdentificationAlgorithm(null)
                : SslContextBuilder.forServer(keys(certificate)).clientAuth(ClientAuth.REQUIRE);
        SslContext context = builder.trustManager(trust)
                .sslProvider(openSsl ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK)
                .protocols("TLSv1.3")
                .sessionCacheSize(1) // 0 would be the default size
                .build();
        if (context.sessionContext() instanceof OpenSslSessionContext sessions) {
            sessions.setSessionCacheEnabled(false);
        }
        return context;
    }

    SslContext create(HostCertificate certificate, List<String> alpn) throws SSLException {
        SslContextBuilder builder = SslContextBuilder.forServer(keys(certificate))
                .sslProvider(openSsl ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK)
                .protocols("TLSv1.3", "TLSv1.2")
                .ciphers(
                        SUITES,
                        (wanted, defaults, supported) ->
                                SUITES.stream().filter(supported::contains).toArray(String[]::new))
                .sessionTimeout(SESSION_SECONDS);
        if (!openSsl) {
            builder.sessionCacheSize(JDK_SESSIONS);
        }
        if (!alpn.isEmpty()) {
            builder.applicationProtocolConfig(new ApplicationProtocolConfig(
                    ApplicationProtocolConfig.Protocol.ALPN,
                    ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                    ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                    alpn));
        }
        SslContext context = builder.build();
        if (context.sessionContext() instanceof OpenSslServerSessionContext sessions) {
            sessions.setSessionCacheEnabled(false); // a client's ticket holds its session; nothing is kept here
        }
        keyingMaterial.listenTo(context);
        return context;
    }
}
