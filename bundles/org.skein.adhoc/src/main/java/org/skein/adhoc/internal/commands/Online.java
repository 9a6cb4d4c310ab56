package org.skein.adhoc.internal.commands;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.skein.api.session.OnlineAccount;
import org.skein.api.session.Session;
import org.skein.api.session.Sessions;

/**
 * Users with sessions on this node. Active is who has a connected session that sent something within
 * {@link #IDLE_AFTER}; who is online and not active, on no node, is idle.
 */
final class Online {
    static final Duration IDLE_AFTER = Duration.ofMinutes(10);

    private final Sessions sessions;

    Online(Sessions sessions) {
        this.sessions = sessions;
    }

    List<OnlineAccount> users() {
        return sessions.all().stream().map(Session::account).distinct().toList();
    }

    static boolean isActive(OnlineAccount user, Instant now) {
        return user.sessions().stream()
                .anyMatch(s ->
                        s.isConnected() && !s.lastActivity().plus(IDLE_AFTER).isBefore(now));
    }

    /** The users a test holds for, with vetoes for those of other nodes too if {@code vetoes}. */
    List<Pages.Item> items(Predicate<OnlineAccount> test, boolean vetoes) {
        List<Pages.Item> items = new ArrayList<>();
        for (OnlineAccount user : users()) {
            boolean isEntry = test.test(user);
            if (isEntry || vetoes && !user.remoteSessions().isEmpty()) {
                items.add(new Pages.Item(user.jid().toString(), isEntry, List.of()));
            }
        }
        return items;
    }
}
