package org.skein.api.command;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;
import org.skein.xmpp.Jid;

/**
 * A command: a service under this type whose class carries {@link Command}. It runs on each node its scope names, at most
 * once each; what the nodes answer is merged where it was asked.
 *
 * <pre>{@code
 * @Component
 * @Command(name = "greet", title = "Greets somebody")
 * public final class Greet implements Action<Greet.Input> {
 *     public record Input(@Field(label = "Whom") Jid whom) {}
 *
 *     public Class<Input> input() { return Input.class; }
 *
 *     public CompletionStage<Result> run(Input in, Call call) {
 *         return Result.later(Result.text("Hello " + in.whom()));
 *     }
 * }
 * }</pre>
 *
 * @param <I> a record whose components are the fields ({@link Field}); {@link Nothing} without any
 */
@ConsumerType
public interface Action<I extends Record> {
    /** The input of commands without fields. */
    record Nothing() {}

    /** Who asked, and where it runs. */
    record Call(Jid by, String node, boolean isAskedHere) {}

    /** The record to be made of what was filled in. */
    Class<I> input();

    /**
     * Does it on this node. May fail with a {@link CommandException}, whose text people see; what else is thrown is a
     * bug, and told as such. At the deadline, or when nobody waits for it any more, its thread is interrupted; if it has
     * answered by then, the future it answered is cancelled.
     */
    CompletionStage<Result> run(I input, Call call);

    /** The user a command of scope {@link Command.Scope#NODE_OF_USER} is about. */
    default Optional<Jid> user(I input) {
        return Optional.empty();
    }

    /**
     * Values to begin a page of the form with, by the fields' names, where it was asked.
     *
     * @param step the page, from 1
     * @param soFar what was filled in on pages before, as text
     */
    default CompletionStage<Map<String, List<String>>> prefill(int step, Map<String, List<String>> soFar) {
        return CompletableFuture.completedFuture(Map.of());
    }

    /**
     * The last touch on what came of all nodes by {@link Command#merge}, where it was asked: cuts a page, or tells a user
     * of two nodes once. Called for each scope, also where nodes are missing or only one ran it; must answer at once, and
     * may throw {@link CommandException}. What else it throws, or null, is told, and the answers stay as they are.
     */
    default Result merged(I input, Result merged) {
        return merged;
    }

    /** Checks what cannot be said by annotations, where it was asked; throws {@link CommandException}. */
    default void check(I input) {}
}
