package org.skein.net.api;

import java.net.SocketAddress;
import org.osgi.annotation.versioning.ProviderType;

/** Slows down guessing: counts the failed logins of each address within a minute. Any thread; never blocks. */
@ProviderType
public interface LoginRate {
    /** False while the address has failed too often; a login is then refused without being looked at. */
    boolean mayTry(SocketAddress remote);

    void failed(SocketAddress remote);
}
