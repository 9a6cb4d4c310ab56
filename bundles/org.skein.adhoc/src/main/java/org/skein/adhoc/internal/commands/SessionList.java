package org.skein.adhoc.internal.commands;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.command.Action;
import org.skein.api.command.Command;
import org.skein.api.command.Command.Merge;
import org.skein.api.command.Command.Scope;
import org.skein.api.command.Field;
import org.skein.api.command.Result;
import org.skein.api.session.Session;
import org.skein.api.session.Sessions;

/** Sessions of all nodes, by address, in pages. */
@Component
@Command(
        name = "session:list",
        title = "Lists the sessions on all nodes",
        scope = Scope.ALL,
        merge = Merge.UNION,
        idempotent = true)
public final class SessionList implements Action<SessionList.Input> {
    public record Input(
            @Field(label = "Part of the address", required = false)
            String part,

            @Field(label = "How many at most", required = false, defaultValue = "200", min = 1, max = 10_000)
            int max,

            @Field(label = "After which one to go on", required = false)
            String after,

            @Field(label = "On which node; none = all", required = false)
            String node) {
        int limit() {
            return max <= 0 ? 200 : max;
        }
    }

    private static final List<String> HEADS =
            List.of("jid=Address", "node=Node", "transport=Over", "from=From", "since=Since", "presence=Presence");

    private final Sessions sessions;

    @Activate
    public SessionList(@Reference Sessions sessions) {
        this.sessions = sessions;
    }

    @Override
    public Class<Input> input() {
        return Input.class;
    }

    @Override
    public CompletionStage<Result> run(Input in, Call call) {
        boolean isMeant = in.node().isEmpty() || in.node().equals(call.node());
        List<Pages.Item> items = (isMeant ? sessions.all() : List.<Session>of())
                .stream()
                        .filter(s -> s.jid().toString().contains(in.part()))
                        .map(s -> new Pages.Item(s.jid().toString(), true, cells(s, call.node())))
                        .toList();
        return Result.later(Result.table(
                Pages.heads("node", "transport", "from", "since", "presence"),
                Pages.here(items, in.after(), in.limit())));
    }

    private static List<String> cells(Session s, String node) {
        return List.of(
                node, s.transport(), SessionText.from(s), SessionText.time(s.boundAt()), SessionText.presence(s));
    }

    @Override
    public Result merged(Input in, Result merged) {
        Pages.Page page = Pages.of(merged.rows(), in.limit());
        Result table = Result.table(HEADS, page.rows());
        return page.next().isEmpty() ? table : table.and("next", "Go on after", page.next());
    }
}
