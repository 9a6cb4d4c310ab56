package org.skein.adhoc.internal.commands;

import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.command.Action;
import org.skein.api.command.Command;
import org.skein.api.command.Command.Merge;
import org.skein.api.command.Command.Scope;
import org.skein.api.command.Field;
import org.skein.api.command.Result;
import org.skein.api.component.VirtualHosts;
import org.skein.api.session.ClientProcessor;
import org.skein.api.session.DeliveryProcessor;
import org.skein.xmpp.Jid;

/**
 * What goes in and out of a user's sessions, wherever they are, for a while. It costs nothing where it is not asked for: its
 * processors are there only meanwhile. At the console {@code cluster:trace} shows the same live.
 */
@Component
@Command(
        name = "session:trace",
        title = "Shows the stanzas of a user's sessions for a while",
        description = "Ends by itself. What people wrote is told only if texts is true, passwords never.",
        scope = Scope.ALL,
        merge = Merge.UNION,
        deadlineSeconds = SessionTrace.LONGEST_SECONDS + 10)
public final class SessionTrace implements Action<SessionTrace.Input> {
    static final int LONGEST_SECONDS = 60;

    public record Input(
            @Field(label = "User or session") Jid jid,

            @Field(
                    label = "For how many seconds",
                    required = false,
                    defaultValue = "10",
                    min = 1,
                    max = LONGEST_SECONDS)
            int seconds,

            @Field(label = "How many stanzas at most", required = false, defaultValue = "100", min = 1, max = 1000)
            int max,

            @Field(label = "With what people wrote") boolean texts) {}

    private static final List<String> HEADS =
            List.of("time=Time", "node=Node", "jid=Session", "direction=Direction", "stanza=Stanza");

    private final VirtualHosts hosts;
    private final Clock clock;
    private final Function<SessionTap, Runnable> registrar;

    @Activate
    public SessionTrace(BundleContext context, @Reference VirtualHosts hosts) {
        this(hosts, Clock.systemUTC(), tap -> {
            String[] kinds = {ClientProcessor.class.getName(), DeliveryProcessor.class.getName()};
            ServiceRegistration<?> there = context.registerService(kinds, tap, null);
            return () -> end(there);
        });
    }

    private static void end(ServiceRegistration<?> there) {
        try {
            there.unregister();
        } catch (IllegalStateException gone) {
            return; // the bundle was stopped, and all its services with it
        }
    }

    /** @param registrar registers a tap; what it answers takes it away */
    SessionTrace(VirtualHosts hosts, Clock clock, Function<SessionTap, Runnable> registrar) {
        this.hosts = hosts;
        this.clock = clock;
        this.registrar = registrar;
    }

    @Override
    public Class<Input> input() {
        return Input.class;
    }

    @Override
    public void check(Input in) {
        Users.requireHosted(hosts, in.jid());
    }

    @Override
    public CompletionStage<Result> run(Input in, Call call) {
        SessionTap tap = new SessionTap(in.jid(), in.max(), in.texts(), clock);
        Runnable end = registrar.apply(tap);
        CompletableFuture<Result> rows = new CompletableFuture<>();
        rows.whenComplete((traced, cancelled) -> end.run());
        tap.full().completeOnTimeout(null, in.seconds(), TimeUnit.SECONDS).whenCompleteAsync((full, failure) -> {
            rows.complete(Result.table(
                    HEADS,
                    tap.rows().stream()
                            .map(r -> List.of(r.get(0), call.node(), r.get(1), r.get(2), r.get(3)))
                            .toList()));
        });
        return rows;
    }

    @Override
    public Result merged(Input in, Result merged) {
        if (merged.rows().isEmpty()) return Result.text("no stanza of " + in.jid() + " within " + in.seconds() + " s");
        Stream<List<String>> inTime =
                merged.rows().stream().sorted(Comparator.comparing((List<String> row) -> row.get(0)));
        return new Result(
                "", List.of(), merged.columns(), inTime.limit(in.max()).toList());
    }
}
