package ${package};

import java.util.Collection;
import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.command.Action;
import org.skein.api.command.Command;
import org.skein.api.command.Command.Access;
import org.skein.api.command.Command.Merge;
import org.skein.api.command.Command.Scope;
import org.skein.api.command.CommandException;
import org.skein.api.command.CommandException.Kind;
import org.skein.api.command.Field;
import org.skein.api.command.Result;
import org.skein.api.session.Session;
import org.skein.api.session.Sessions;

/**
 * Counts the sessions of a domain, and which of them are available, on each node. Replace it by your own idea: what it is to
 * people and on which nodes it runs is in the annotation, what it asks for in the record, what it does in {@code run}.
 */
@Component
@Command(
        name = "${command}",
        title = "Counts the sessions of a domain",
        description = "On each node: sessions, and which of them are available.",
        scope = Scope.ALL,
        access = Access.ADMIN,
        merge = Merge.ROWS,
        idempotent = true)
public final class ${className} implements Action<${className}.Input> {
    public record Input(
            @Field(label = "Domain") String domain,

            @Field(label = "Transport; none = all", required = false, options = {"c2s", "bosh", "websocket"})
            String transport) {}

    private final Sessions sessions;

    @Activate
    public ${className}(@Reference Sessions sessions) {
        this.sessions = sessions;
    }

    @Override
    public Class<Input> input() {
        return Input.class;
    }

    /** Where it is asked, before it runs anywhere: what the annotations cannot say. */
    @Override
    public void check(Input in) {
        if (in.domain().contains("@")) throw new CommandException(Kind.BAD_INPUT, "no domain: " + in.domain());
    }

    /** On each node; must not block. */
    @Override
    public CompletionStage<Result> run(Input in, Call call) {
        Collection<Session> found = sessions.all().stream()
                .filter(s -> s.jid().domain().equals(in.domain()))
                .filter(s -> in.transport().isEmpty() || s.transport().equals(in.transport()))
                .toList();
        long available = found.stream().filter(Session::isAvailable).count();
        return Result.later(Result.value("sessions", "Sessions", found.size())
                .and("available", "Available", Long.toString(available)));
    }
}
