package org.skein.net.internal.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Predicate;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.skein.net.api.PinnedTls;
import org.skein.net.internal.NetConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps identities as PEM files below the node's data folder. */
@Component(configurationPid = "org.skein.net")
public final class PeerTls implements PinnedTls {
    private static final Logger log = LoggerFactory.getLogger(PeerTls.class);

    private final ContextFactory factory;
    private final Path data;
    private final Clock clock;

    @Activate
    public PeerTls(NetConfig config, BundleContext bundles) {
        this(config.tls_engine(), ServerTls.base(bundles), Clock.systemUTC());
    }

    /** Of its setting, the engine, {@link ServerTls} tells. */
    @Modified
    void modified(NetConfig config) {}

    /** @param engine {@code auto}, {@code openssl} or {@code jdk} */
    public PeerTls(String engine, Path base, Clock clock) {
        this.factory = new ContextFactory(engine);
        this.data = base.resolve("data");
        this.clock = clock;
    }

    private record Own(HostCertificate certificate, String fingerprint) implements Identity {
        static Own of(HostCertificate certificate) {
            return new Own(certificate, fingerprintOf(certificate.certificate()));
        }

        @Override
        public Instant expires() {
            return certificate.certificate().getNotAfter().toInstant();
        }
    }

    static String fingerprintOf(Certificate certificate) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
        } catch (NoSuchAlgorithmException | CertificateEncodingException e) {
            throw new IllegalStateException(e); // every Java has SHA-256, and what was parsed has its bytes
        }
    }

    private Path certificateFile(String name) {
        return data.resolve(name + ".crt");
    }

    private Path keyFile(String name) {
        return data.resolve(name + ".key");
    }

    @Override
    public Optional<Identity> kept(String name) {
        if (!Files.exists(certificateFile(name)) || !Files.exists(keyFile(name))) return Optional.empty();
        try {
            return Optional.of(Own.of(PemFiles.read(certificateFile(name), keyFile(name))));
        } catch (GeneralSecurityException | IllegalArgumentException | IOException e) {
            log.warn("what=own_certificate_unreadable file={}", certificateFile(name), e);
            return Optional.empty();
        }
    }

    @Override
    public Identity make(String name, Duration valid) throws IOException {
        try {
            ExtensionsGenerator extensions = new ExtensionsGenerator();
            extensions.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            Own made = Own.of(SelfSigned.make(
                    certificateFile(name), keyFile(name), "Skein node", extensions.generate(), clock.instant(), valid));
            log.info(
                    "what=own_certificate_made file={} fingerprint={} until={}",
                    certificateFile(name),
                    made.fingerprint(),
                    made.expires());
            return made;
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot make a certificate: " + e.getMessage(), e);
        }
    }

    /** The certificate goes last: a certificate without its key is no identity, and another is made. */
    @Override
    public void rename(String from, String to) throws IOException {
        Files.deleteIfExists(certificateFile(to));
        Files.move(keyFile(from), keyFile(to), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Files.move(certificateFile(from), certificateFile(to), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public Context context(Identity identity, Predicate<String> known) throws SSLException {
        HostCertificate certificate = ((Own) identity).certificate();
        PinnedTrust trust = new PinnedTrust(known);
        return new Pinned(
                factory.createPinned(certificate, trust, false), factory.createPinned(certificate, trust, true));
    }

    @Override
    public Optional<String> peer(SSLSession session) {
        try {
            return Optional.of(fingerprintOf(session.getPeerCertificates()[0]));
        } catch (SSLPeerUnverifiedException e) {
            log.trace("what=no_peer_certificate", e);
            return Optional.empty();
        }
    }

    private record Pinned(SslContext accepting, SslContext dialling) implements Context {
        @Override
        public ChannelHandler server(ByteBufAllocator allocator, long handshakeTimeoutMs) {
            return handler(accepting, allocator, handshakeTimeoutMs);
        }

        @Override
        public ChannelHandler client(ByteBufAllocator allocator, long handshakeTimeoutMs) {
            return handler(dialling, allocator, handshakeTimeoutMs);
        }

        private static ChannelHandler handler(SslContext context, ByteBufAllocator allocator, long timeoutMs) {
            SslHandler handler = context.newHandler(allocator);
            handler.setHandshakeTimeoutMillis(timeoutMs);
            return handler;
        }

        /** Connections hold their context: it goes with the last of them. */
        @Override
        public void close() {
            ReferenceCountUtil.safeRelease(accepting);
            ReferenceCountUtil.safeRelease(dialling);
        }
    }
}
