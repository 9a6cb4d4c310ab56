package org.skein.net.internal.tls;

import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.skein.net.api.Tls;

/** The contexts of one set of protocols. Replacing them leaves running connections alone. */
final class TlsServer implements Tls.Server {
    /** A context and the certificate it shows. */
    record HostContext(SslContext context, HostCertificate certificate) {}

    private record Contexts(
            Map<HostCertificate, HostContext> byCertificate, Certificates.CertificateSet certificates) {}

    private final ContextFactory factory;
    private final List<String> alpn;
    private final Consumer<TlsServer> onClose;
    private volatile Contexts contexts = new Contexts(Map.of(), null);

    /** @param onClose told when it is no longer needed */
    TlsServer(
            ContextFactory factory,
            List<String> alpn,
            Certificates.CertificateSet certificates,
            Consumer<TlsServer> onClose)
            throws SSLException {
        this.onClose = onClose;
        this.factory = factory;
        this.alpn = List.copyOf(alpn);
        use(certificates);
    }

    /** From here on handshakes show these certificates. */
    synchronized void use(Certificates.CertificateSet certificates) throws SSLException {
        Map<HostCertificate, HostContext> before = contexts.byCertificate();
        Map<HostCertificate, HostContext> fresh = new HashMap<>();
        for (HostCertificate certificate : certificates.all()) {
            HostContext known = before.get(certificate);
            fresh.put(
                    certificate,
                    known != null ? known : new HostContext(factory.create(certificate, alpn), certificate));
        }
        contexts = new Contexts(fresh, certificates);
        // Connections hold their context: it goes with the last of them. A handshake that just took it tries again.
        before.values().stream()
                .filter(c -> !fresh.containsValue(c))
                .forEach(c -> ReferenceCountUtil.safeRelease(c.context()));
    }

    @Override
    public synchronized void close() {
        onClose.accept(this);
        Contexts last = contexts;
        contexts = new Contexts(Map.of(), last.certificates());
        last.byCertificate().values().forEach(c -> ReferenceCountUtil.safeRelease(c.context()));
    }

    /** @param host a name as clients send it, or null */
    HostContext context(String host) {
        Contexts now = contexts;
        HostCertificate certificate = now.certificates().of(host == null ? "" : host.toLowerCase(Locale.ROOT));
        return now.byCertificate().get(certificate);
    }

    ContextFactory factory() {
        return factory;
    }

    @Override
    public ChannelHandler handler(Supplier<String> fallbackHost, long handshakeTimeoutMs) {
        return new ServerNameHandler(this, fallbackHost, handshakeTimeoutMs);
    }
}
