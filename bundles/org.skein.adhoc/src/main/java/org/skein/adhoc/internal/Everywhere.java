package org.skein.adhoc.internal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.skein.api.command.Action;
import org.skein.api.command.Result;

/**
 * A command that itself has the nodes do their part, in the order it wants: it is called where it was asked and nowhere
 * else, and answers for all of them.
 *
 * @param <I> as of any command
 */
public interface Everywhere<I extends Record> extends Action<I> {
    /** The same rules as for {@link #run}; what fails was done nowhere. */
    CompletionStage<Answer> everywhere(I input, Call call);

    @Override
    default CompletionStage<Result> run(I input, Call call) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException("it answers for all nodes"));
    }
}
