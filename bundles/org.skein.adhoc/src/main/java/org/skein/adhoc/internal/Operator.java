package org.skein.adhoc.internal;

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
    /** Checks and runs each have the deadline; then some for the way, and for its turn. */
    private static final int GRACE_SECONDS = 15;

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
        Map<String, List<String>> fields = Words.fields(command, words);
        long most = 2L * command.about().deadlineSeconds() + GRACE_SECONDS;
        Cancelling cancelling = new Cancelling();
        CompletableFuture<Answer> answer = runs.run(command, fields, Jid.of(hosts.defaultDomain()), cancelling)
                .toCompletableFuture();
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
