package org.skein.net.internal.tls;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/** A certificate with its chain and key, and what channel binding needs of it. Compared by identity. */
final class HostCertificate {
    private final PrivateKey key;
    private final List<X509Certificate> chain;
    private final Optional<byte[]> endPoint;

    HostCertificate(PrivateKey key, List<X509Certificate> chain) {
        this.key = key;
        this.chain = List.copyOf(chain);
        this.endPoint = EndPointBinding.of(chain.get(0));
    }

    PrivateKey key() {
        return key;
    }

    X509Certificate certificate() {
        return chain.get(0);
    }

    X509Certificate[] chain() {
        return chain.toArray(new X509Certificate[0]);
    }

    /** {@code tls-server-end-point} (RFC 5929 §4); empty where it is not defined for this certificate. */
    Optional<byte[]> endPoint() {
        return endPoint;
    }
}
