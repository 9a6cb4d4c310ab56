package org.skein.net.internal.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * Hands a TLS engine the one key it serves with. Given key and chain themselves, Netty puts them into a PKCS #12 store and takes them
 * out again: two password derivations of ten thousand rounds, on cold code a quarter of the CPU of the server's start.
 */
final class HostKeyManager extends X509ExtendedKeyManager {
    private static final String ALIAS = "host";

    private final HostCertificate certificate;

    HostKeyManager(HostCertificate certificate) {
        this.certificate = certificate;
    }

    /** Key types are those of certificates ({@code EC}, {@code RSA}), for some engines with that of the signer ({@code EC_RSA}). */
    private String aliasFor(String keyType) {
        int signer = keyType.indexOf('_');
        String wanted = signer < 0 ? keyType : keyType.substring(0, signer);
        return wanted.equals(certificate.key().getAlgorithm()) ? ALIAS : null;
    }

    @Override
    public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
        return aliasFor(keyType);
    }

    @Override
    public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
        return aliasFor(keyType);
    }

    @Override
    public String[] getServerAliases(String keyType, Principal[] issuers) {
        String alias = aliasFor(keyType);
        return alias == null ? null : new String[] {alias};
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return ALIAS.equals(alias) ? certificate.chain() : null;
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return ALIAS.equals(alias) ? certificate.key() : null;
    }

    @Override
    public String[] getClientAliases(String keyType, Principal[] issuers) {
        return getServerAliases(keyType, issuers);
    }

    @Override
    public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
        return chooseEngineClientAlias(keyTypes, issuers, null);
    }

    /** Where both ends show certificates it is the same one on either. */
    @Override
    public String chooseEngineClientAlias(String[] keyTypes, Principal[] issuers, SSLEngine engine) {
        for (String keyType : keyTypes) {
            if (aliasFor(keyType) != null) return ALIAS;
        }
        return null;
    }
}
