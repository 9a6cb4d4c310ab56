package org.skein.adhoc.internal.commands;

import java.time.Clock;
import java.time.Instant;
import java.util.function.Predicate;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.command.Action;
import org.skein.api.command.Command;
import org.skein.api.command.Command.Merge;
import org.skein.api.command.Command.Scope;
import org.skein.api.session.OnlineAccount;
import org.skein.api.session.Sessions;

/** XEP-0133 §4.21. Active on one node is active. */
@Component(service = Action.class)
@Command(
        name = "user:active",
        node = Admin.NODE + "get-active-users",
        title = "Lists the users that are active",
        scope = Scope.ALL,
        merge = Merge.UNION,
        idempotent = true)
public final class ActiveUsers extends OnlineList {
    @Activate
    public ActiveUsers(@Reference Sessions sessions) {
        this(sessions, Clock.systemUTC());
    }

    ActiveUsers(Sessions sessions, Clock clock) {
        super(sessions, clock, "activeuserjids", "Active users");
    }

    @Override
    Predicate<OnlineAccount> test() {
        Instant now = clock.instant();
        return user -> Online.isActive(user, now);
    }
}
