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

/** XEP-0133 §4.16. */
@Component(service = Action.class)
@Command(
        name = "user:active-count",
        node = Admin.NODE + "get-active-users-num",
        title = "Counts the users that are active",
        scope = Scope.ALL,
        merge = Merge.UNION,
        idempotent = true)
public final class ActiveCount extends ActivityCount {
    @Activate
    public ActiveCount(@Reference Sessions sessions) {
        this(sessions, Clock.systemUTC());
    }

    ActiveCount(Sessions sessions, Clock clock) {
        super(sessions, clock, true, "activeusersnum", "Active users");
    }
}
