package org.skein.auth.internal.sasl;

import java.util.Optional;
import org.skein.xmpp.Jid;

/**
 * The user name of an exchange at a host: what comes before the {@code @} (RFC 6120 §6.3.7).
 *
 * @param account empty where the name can be no local part; the login fails then, but not before a login with a name
 *     nobody has would
 */
record UserName(String text, Optional<Jid> account) {
    static UserName of(String name, String host) {
        return new UserName(name, account(name, host));
    }

    private static Optional<Jid> account(String name, String host) {
        try {
            return Optional.of(Jid.of(name, host, "")).filter(Jid::hasLocal);
        } catch (IllegalArgumentException notALocalPart) {
            return Optional.empty();
        }
    }

    /** RFC 6120 §6.3.8: nobody may act for another, so the only identity there is to ask for is the user's own. */
    boolean mayActAs(String authzid) {
        return authzid.isEmpty() || account.isPresent() && Jid.parse(authzid).equals(account);
    }
}
