package org.skein.adhoc.internal.commands;

import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.command.Action;
import org.skein.api.command.Command;
import org.skein.api.command.Command.Merge;
import org.skein.api.command.Command.Scope;
import org.skein.api.command.Result;
import org.skein.api.session.Sessions;

/** XEP-0133 §4.15. Who has sessions on several nodes is counted on the first by name. */
@Component
@Command(
        name = "user:online-count",
        node = Admin.NODE + "get-online-users-num",
        title = "Get Number of Online Users",
        scope = Scope.ALL,
        merge = Merge.SUM,
        deadlineSeconds = 3,
        idempotent = true)
public final class OnlineCount implements Action<Action.Nothing> {
    private final Online online;

    @Activate
    public OnlineCount(@Reference Sessions sessions) {
        this.online = new Online(sessions);
    }

    @Override
    public Class<Nothing> input() {
        return Nothing.class;
    }

    @Override
    public CompletionStage<Result> run(Nothing in, Call call) {
        long count = online.users().stream()
                .filter(user -> user.remoteSessions().stream()
                        .noneMatch(remote -> remote.node().compareTo(call.node()) < 0))
                .count();
        return Result.later(Result.value("onlineusersnum", "The number of online users", count));
    }
}
