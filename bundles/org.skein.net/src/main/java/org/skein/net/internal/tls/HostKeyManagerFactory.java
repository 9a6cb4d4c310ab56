package org.skein.net.internal.tls;

import io.netty.handler.ssl.util.SimpleKeyManagerFactory;
import java.security.KeyStore;
import javax.net.ssl.KeyManager;
import javax.net.ssl.ManagerFactoryParameters;

/** A factory of the one {@link HostKeyManager}, for those who ask for factories. */
final class HostKeyManagerFactory extends SimpleKeyManagerFactory {
    private final HostKeyManager manager;

    HostKeyManagerFactory(HostCertificate certificate) {
        manager = new HostKeyManager(certificate);
    }

    @Override
    protected void engineInit(KeyStore keyStore, char[] password) {
        throw new UnsupportedOperationException("it has its key");
    }

    @Override
    protected void engineInit(ManagerFactoryParameters parameters) {
        throw new UnsupportedOperationException("it has its key");
    }

    @Override
    protected KeyManager[] engineGetKeyManagers() {
        return new KeyManager[] {manager};
    }
}
