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

/** XEP-0133 §4.22. */
@Component(service = Action.class)
@Command(
        name = "user:idle",
        node = Admin.NODE + "get-idle-users",
        title = "Lists the users that are online and idle",
        scope = Scope.ALL,
        merge = Merge.UNION,
        idempotent = true)
public final class IdleUsers extends OnlineList {
    @Activate
    public IdleUsers(@Reference Sessions sessions) {
        this(sessions, Clock.systemUTC());
    }

    IdleUsers(Sessions sessions, Clock clock) {
        super(sessions, clock, "idleuserjids", "Idle users");
    }

    @Override
    Predicate<OnlineAccount> test() {
        Instant now = clock.instant();
        return user -> !Online.isActive(user, now);
    }

    @Override
    boolean isForAllNodes() {
        return true;
    }
}
