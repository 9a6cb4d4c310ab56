package org.skein.adhoc.internal.commands;

import java.time.Clock;
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

/** XEP-0133 §4.20. */
@Component(service = Action.class)
@Command(
        name = "user:online",
        node = Admin.NODE + "get-online-users-list",
        title = "Lists the users that are online",
        scope = Scope.ALL,
        merge = Merge.UNION,
        idempotent = true)
public final class OnlineUsers extends OnlineList {
    @Activate
    public OnlineUsers(@Reference Sessions sessions) {
        this(sessions, Clock.systemUTC());
    }

    OnlineUsers(Sessions sessions, Clock clock) {
        super(sessions, clock, "onlineuserjids", "Users online");
    }

    @Override
    Predicate<OnlineAccount> test() {
        return user -> true;
    }
}
