package org.skein.api.auth;

import org.osgi.annotation.versioning.ConsumerType;
import org.skein.xmpp.Jid;

/** Told of changes to accounts, after they are committed, on any thread; must not block. */
@ConsumerType
public interface AccountListener {
    default void accountCreated(Jid account) {}

    default void accountRemoved(Jid account) {}

    default void passwordChanged(Jid account) {}
}
