package org.skein.adhoc.internal;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.command.CommandException;
import org.skein.api.component.VirtualHosts;
import org.skein.xmpp.Jid;

/** Runs commands for who sits at the node itself, and so may all. Blocks, on the console's threads. */
@Component(service = Operator.class)
public final class Operator {
    /** Checks and runs each have the deadline; then some for the way, and {@link Turns#WAITING} for its turn. */
    private static final int GRACE_SECONDS = 45;

    private final Registry registry;
    private final Runs runs;
    private final VirtualHosts hosts;

    @Activate
    public Operator(@Reference Registry registry, @Reference Runs runs, @Reference VirtualHosts hosts) {
        this.registry = registry;
        this.runs = runs;
        this.hosts = hosts;
    }

    Registry registry() {
        return registry;
    }

    /**
     * Interrupted it cancels the command, and answers what had come until then.
     *
     * @throws CommandException if what was typed is wrong; nothing was done
     */
    Answer run(Definition command, List<String> words) throws InterruptedException {
        Cancelling cancelling = new Cancelling();
        return awaited(start(command, words, cancelling), cancelling, command.deadline());
    }

    /** The same, without waiting. */
    CompletableFuture<Answer> start(Definition command, List<String> words, Cancelling cancelling) {
        Map<String, List<String>> fields = Words.fields(command, words);
        return runs.run(command, fields, Jid.of(hosts.defaultDomain()), cancelling)
                .toCompletableFuture();
    }

    /** Longest time until a command of this deadline is answered. */
    static Duration longest(Duration deadline) {
        return deadline.multipliedBy(2).plusSeconds(GRACE_SECONDS);
    }

    static <T> T awaited(CompletableFuture<T> answer, Cancelling cancelling, Duration deadline)
            throws InterruptedException {
        long most = longest(deadline).toSeconds();
        try {
            try {
                return answer.get(most, TimeUnit.SECONDS);
            } catch (InterruptedException ctrlC) {
                if (!cancelling.cancel()) {
                    throw new IllegalStateException("it is carried out to its end; the log will say how it came out");
                }
                return answer.get(GRACE_SECONDS, TimeUnit.SECONDS);
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException("no answer within " + most + " s; outcome unknown", e);
        }
    }
}
