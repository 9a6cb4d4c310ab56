package org.skein.auth.internal.account;

import static org.osgi.service.component.annotations.ReferenceCardinality.OPTIONAL;
import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.session.Session;
import org.skein.api.session.Sessions;
import org.skein.xmpp.Jid;
import org.skein.xmpp.StreamError;

/** Ends the sessions of an account that is gone. Without a session manager there are none. */
@Component(service = AccountSessions.class)
public final class AccountSessions {
    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Sessions sessions;

    public AccountSessions() {}

    /** For tests. */
    public AccountSessions(Sessions sessions) {
        this.sessions = sessions;
    }

    /** Ends them with {@code not-authorized}, behind what was sent to them before this call. */
    public void end(Jid account) {
        Sessions running = sessions;
        if (running == null) {
            return;
        }
        running.account(account).ifPresent(online -> {
            for (Session session : online.sessions()) {
                session.execute(
                        () -> session.close(StreamError.Condition.NOT_AUTHORIZED.error("the account was removed")));
            }
        });
    }
}
