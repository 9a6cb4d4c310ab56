package org.skein.adhoc.internal.commands;

import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.command.Action;
import org.skein.api.command.Command;
import org.skein.api.command.Command.Merge;
import org.skein.api.command.Command.Scope;
import org.skein.api.command.CommandException;
import org.skein.api.command.CommandException.Kind;
import org.skein.api.command.Field;
import org.skein.api.command.Result;
import org.skein.api.session.Sessions;

/** XEP-0133 §4.23. Who is offline does not get it later. */
@Component
@Command(
        name = "message:announce",
        node = Admin.NODE + "announce",
        title = "Tells all users that are online something",
        scope = Scope.ALL,
        merge = Merge.SUM)
public final class Announce implements Action<Announce.Input> {
    public record Input(
            @Field(label = "Subject", required = false) String subject,

            @Field(label = "Text", multiline = true, maxLength = 20_000)
            String announcement) {}

    private final Sessions sessions;

    @Activate
    public Announce(@Reference Sessions sessions) {
        this.sessions = sessions;
    }

    @Override
    public Class<Input> input() {
        return Input.class;
    }

    @Override
    public void check(Input in) {
        if (in.announcement().isBlank()) throw new CommandException(Kind.BAD_INPUT, "the text is empty");
    }

    @Override
    public CompletionStage<Result> run(Input in, Call call) {
        int sent = Announcing.send(sessions, in.subject(), in.announcement());
        return Result.later(Result.value("sessions", "Sessions told", sent));
    }
}
