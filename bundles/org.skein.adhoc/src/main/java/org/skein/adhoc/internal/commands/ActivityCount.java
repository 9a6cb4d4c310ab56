package org.skein.adhoc.internal.commands;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.skein.api.command.Action;
import org.skein.api.command.Result;
import org.skein.api.session.OnlineAccount;
import org.skein.api.session.Sessions;

/**
 * How many are active or idle. A node counts the users it has for itself, and names those with sessions elsewhere: one
 * may be idle there and active here.
 */
public abstract class ActivityCount implements Action<Action.Nothing> {
    private static final List<String> HEADS = List.of("node", "user", "active", "idle");

    private final Online online;
    private final Clock clock;
    private final boolean isOfActive;
    private final String var;
    private final String label;

    ActivityCount(Sessions sessions, Clock clock, boolean isOfActive, String var, String label) {
        this.online = new Online(sessions);
        this.clock = clock;
        this.isOfActive = isOfActive;
        this.var = var;
        this.label = label;
    }

    @Override
    public final Class<Nothing> input() {
        return Nothing.class;
    }

    @Override
    public final CompletionStage<Result> run(Nothing in, Call call) {
        Instant now = clock.instant();
        List<List<String>> rows = new ArrayList<>();
        int active = 0;
        int idle = 0;
        for (OnlineAccount user : online.users()) {
            boolean isActive = Online.isActive(user, now);
            if (!user.remoteSessions().isEmpty()) {
                rows.add(row("", user.jid().toString(), isActive ? 1 : 0, isActive ? 0 : 1));
            } else if (isActive) {
                active++;
            } else {
                idle++;
            }
        }
        rows.add(row(call.node(), "", active, idle));
        return Result.later(Result.table(HEADS, rows));
    }

    private static List<String> row(String node, String user, int active, int idle) {
        return List.of(node, user, Integer.toString(active), Integer.toString(idle));
    }

    @Override
    public final Result merged(Nothing in, Result merged) {
        long active = 0;
        long idle = 0;
        Map<String, Boolean> several = new HashMap<>();
        for (List<String> row : merged.rows()) {
            if (row.get(1).isEmpty()) {
                active += Long.parseLong(row.get(2));
                idle += Long.parseLong(row.get(3));
            } else {
                several.merge(row.get(1), row.get(2).equals("1"), Boolean::logicalOr);
            }
        }
        long activeOfSeveral = several.values().stream().filter(a -> a).count();
        active += activeOfSeveral;
        idle += several.size() - activeOfSeveral;
        return Result.value(var, label, isOfActive ? active : idle);
    }
}
