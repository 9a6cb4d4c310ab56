package org.skein.adhoc.internal;

import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.command.Action;
import org.skein.api.command.Command;
import org.skein.api.command.Result;
import org.skein.api.session.Session;
import org.skein.api.session.Sessions;
import org.skein.cluster.api.Cluster;

/** How many users are online (XEP-0133 §4.18), on all nodes. */
@Component
@Command(
        name = "user:online-count",
        node = "http://jabber.org/protocol/admin#get-online-users-num",
        title = "Get Number of Online Users",
        scope = Command.Scope.ALL,
        merge = Command.Merge.SUM,
        deadlineSeconds = 3,
        idempotent = true)
public final class OnlineUsersCount implements Action<Action.Nothing> {
    private final Sessions sessions;

    @Reference(policy = DYNAMIC, policyOption = GREEDY) // exchanged when a lone node becomes a member
    private volatile Cluster cluster;

    @Activate
    public OnlineUsersCount(@Reference Sessions sessions) {
        this.sessions = sessions;
    }

    /** For tests. */
    OnlineUsersCount(Sessions sessions, Cluster cluster) {
        this(sessions);
        this.cluster = cluster;
    }

    @Override
    public Class<Nothing> input() {
        return Nothing.class;
    }

    /** Users of this node; who has sessions on several is counted on the first by name. */
    @Override
    public CompletionStage<Result> run(Nothing input, Call call) {
        String self = cluster.self().name();
        long here = sessions.all().stream()
                .map(Session::account)
                .distinct()
                .filter(account -> account.remoteSessions().stream()
                        .noneMatch(remote -> remote.node().compareTo(self) < 0))
                .count();
        return Result.later(Result.value("onlineusersnum", "The number of online users", here));
    }
}
