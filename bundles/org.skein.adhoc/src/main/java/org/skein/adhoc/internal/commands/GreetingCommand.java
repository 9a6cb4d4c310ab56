package org.skein.adhoc.internal.commands;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.skein.api.command.Action;
import org.skein.api.command.CommandException;
import org.skein.api.command.Result;
import org.skein.api.component.VirtualHosts;

/** Sets, changes or takes away a greeting: the node that was asked stores it, the others hear of it. */
abstract class GreetingCommand<I extends Record> implements Action<I> {
    private final Greetings greetings;
    private final VirtualHosts hosts;
    private final Greetings.Kind kind;
    private final Class<I> input;
    private final String done;

    GreetingCommand(Greetings greetings, VirtualHosts hosts, Greetings.Kind kind, Class<I> input, String done) {
        this.greetings = greetings;
        this.hosts = hosts;
        this.kind = kind;
        this.input = input;
        this.done = done;
    }

    /** Empty to take it away. */
    abstract String text(I in);

    /** Empty for all. */
    abstract String domain(I in);

    abstract boolean isEdit();

    /** The variable of the text. */
    abstract String var();

    @Override
    public final Class<I> input() {
        return input;
    }

    @Override
    public final void check(I in) {
        if (!domain(in).isEmpty() && !hosts.isLocal(domain(in))) {
            throw new CommandException(CommandException.Kind.BAD_INPUT, domain(in) + " is no domain of this server");
        }
    }

    @Override
    public final CompletionStage<Map<String, List<String>>> prefill(int step, Map<String, List<String>> soFar) {
        if (!isEdit()) return CompletableFuture.completedFuture(Map.of());
        return greetings
                .text(kind, hosts.defaultDomain())
                .thenApply(text ->
                        text.map(t -> Map.of(var(), List.of(t.split("\n", -1)))).orElse(Map.of()));
    }

    @Override
    public final CompletionStage<Result> run(I in, Call call) {
        List<String> domains = Optional.of(domain(in))
                .filter(d -> !d.isEmpty())
                .map(List::of)
                .orElseGet(() -> new Domains(hosts).all());
        if (call.isAskedHere()) {
            return Users.told(Users.oneByOne(domains, domain -> greetings.store(kind, domain, text(in))))
                    .thenApply(stored -> Result.text(done));
        }
        domains.forEach(domain -> greetings.heard(kind, domain, text(in)));
        return Result.later(Result.text(done));
    }

    @Override
    public final Result merged(I in, Result merged) {
        return Result.text(done);
    }
}
