package org.skein.adhoc.internal.commands;

import java.time.Clock;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.command.Action;
import org.skein.api.command.Command;
import org.skein.api.command.Command.Merge;
import org.skein.api.command.Command.Scope;
import org.skein.api.session.Sessions;

/** XEP-0133 §4.17. */
@Component(service = Action.class)
@Command(
        name = "user:idle-count",
        node = Admin.NODE + "get-idle-users-num",
        title = "Counts the users that are online and idle",
        scope = Scope.ALL,
        merge = Merge.UNION,
        idempotent = true)
public final class IdleCount extends ActivityCount {
    @Activate
    public IdleCount(@Reference Sessions sessions) {
        this(sessions, Clock.systemUTC());
    }

    IdleCount(Sessions sessions, Clock clock) {
        super(sessions, clock, false, "idleusersnum", "Idle users");
    }
}
