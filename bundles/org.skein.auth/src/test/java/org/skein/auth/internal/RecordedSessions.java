package org.skein.auth.internal;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.skein.api.session.OnlineAccount;
import org.skein.api.session.Session;
import org.skein.api.session.Sessions;
import org.skein.xmpp.Jid;
import org.skein.xmpp.StreamError;

/** One account that is online with one session; what happens to it is written down. */
public final class RecordedSessions {
    public final List<String> events = new ArrayList<>();
    public final Sessions sessions;

    public RecordedSessions(Jid account) {
        Session session = fake(Session.class, (proxy, method, args) -> {
            switch (method.getName()) {
                case "execute" -> ((Runnable) args[0]).run();
                case "close" -> events.add("closed " + ((StreamError) args[0]).condition());
                default -> throw new UnsupportedOperationException(method.getName());
            }
            return null;
        });
        OnlineAccount online = fake(OnlineAccount.class, (proxy, method, args) -> List.of(session));
        sessions = fake(
                Sessions.class,
                (proxy, method, args) -> account.equals(args[0]) ? Optional.of(online) : Optional.empty());
    }

    private static <T> T fake(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
