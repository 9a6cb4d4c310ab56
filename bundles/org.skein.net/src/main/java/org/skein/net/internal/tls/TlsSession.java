package org.skein.net.internal.tls;

import io.netty.util.concurrent.Future;
import java.net.SocketAddress;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import org.skein.api.auth.StreamSecurity;

/** TLS of one channel, from its handshake on. Belongs to the channel's event loop. */
final class TlsSession implements StreamSecurity {
    static final String END_POINT = "tls-server-end-point";
    static final String EXPORTER = "tls-exporter";

    private final SSLEngine engine;
    private final HostCertificate certificate;
    private final SocketAddress remote; // null where the channel was gone already
    private byte[] exporterSecret;
    private Optional<byte[]> exported; // null until asked for
    private boolean established;

    TlsSession(SSLEngine engine, HostCertificate certificate, SocketAddress remote) {
        this.engine = engine;
        this.certificate = certificate;
        this.remote = remote;
    }

    void handshakeEnded(Future<?> handshake, byte[] secret) {
        established = handshake.isSuccess();
        exporterSecret = established ? secret : null;
    }

    @Override
    public boolean isEncrypted() {
        return established;
    }

    @Override
    public Set<String> channelBindingTypes() {
        Set<String> types = new LinkedHashSet<>(2);
        for (String type : new String[] {EXPORTER, END_POINT}) {
            if (channelBinding(type).isPresent()) {
                types.add(type);
            }
        }
        return types;
    }

    @Override
    public Optional<byte[]> channelBinding(String type) {
        if (!established) {
            return Optional.empty();
        }
        return switch (type) {
            case END_POINT -> certificate.endPoint();
            case EXPORTER -> exported();
            default -> Optional.empty();
        };
    }

    /** Derived once: each offer of mechanisms asks for it. */
    private Optional<byte[]> exported() {
        if (exported == null) {
            exported = KeyingMaterial.export(engine, exporterSecret);
        }
        return exported;
    }

    @Override
    public String description() {
        return established
                ? engine.getSession().getProtocol() + " " + engine.getSession().getCipherSuite()
                : "";
    }

    @Override
    public Optional<SocketAddress> remoteAddress() {
        return Optional.ofNullable(remote);
    }
}
