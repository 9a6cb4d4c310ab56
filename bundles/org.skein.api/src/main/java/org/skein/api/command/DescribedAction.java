package org.skein.api.command;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;
import org.skein.xmpp.Jid;

/**
 * A command whose name and fields are known at run time only, such as a script: a service under this type. It is treated
 * as an {@link Action}. To change its description, unregister it and register another.
 *
 * <p>Input is by the fields' names: a {@code String}, {@code Boolean}, {@code Integer}, {@code Long} or {@link Jid}, or a
 * {@code List} of these. A list or flag is always there; another field that was not filled in and has no default is not.
 */
@ConsumerType
public interface DescribedAction {
    /** The same at each call. */
    CommandDescription description();

    /** As {@link Action#run}. */
    CompletionStage<Result> run(Map<String, Object> input, Action.Call call);

    /** The user a command of scope {@link Command.Scope#NODE_OF_USER} is about. */
    default Optional<Jid> user(Map<String, Object> input) {
        return Optional.empty();
    }

    /**
     * Told by the host when this has become a command, or why it is none: another has its name, the description cannot
     * be. Must answer at once and take no lock.
     *
     * @param refusal empty: it is a command now
     */
    default void hosted(Optional<String> refusal) {}
}
