package org.skein.adhoc.internal;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.skein.api.command.Command;
import org.skein.api.command.CommandDescription;
import org.skein.api.command.CommandException.Kind;
import org.skein.api.command.Result;

/**
 * What a command came to on all nodes it ran on.
 *
 * @param result of the nodes that did it, merged; empty if none did
 * @param nodes how it came out on each, by name
 */
public record Answer(Result result, List<Outcome> nodes) {
    /** How it came out on one node. */
    public enum State {
        OK("ok"),
        FAILED("failed"),
        NO_SUCH_COMMAND("no such command there"),
        /** It may have done it. */
        TIMED_OUT("outcome unknown"),
        /** The same. */
        LEFT("outcome unknown"),
        /** Who asked did not want to wait any longer; it may have done it, or a part of it. */
        CANCELLED("cancelled"),
        /** It was not asked. */
        UNREACHABLE("unreachable");

        private final String words;

        State(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }

    /**
     * How it came out on one node.
     *
     * @param kind of a failure; empty for a bug, and where it did not fail
     * @param text for people; empty if it is all right
     */
    public record Outcome(String node, State state, Optional<Kind> kind, String text) {
        boolean isOk() {
            return state == State.OK;
        }

        /** One line for people. */
        public String line() {
            String what = text.isEmpty() || state == State.FAILED ? text : ": " + text;
            return node + ": " + (state == State.FAILED ? "failed: " : state.words()) + what;
        }
    }

    /** One node's share. */
    public record Share(Outcome outcome, Result result) {}

    static Answer of(Outcome only) {
        return new Answer(Result.text(""), List.of(only));
    }

    /** Of the shares of the nodes a command ran on. */
    static Answer of(CommandDescription about, List<Share> shares) {
        List<Share> all = shares.stream()
                .sorted(Comparator.comparing(s -> s.outcome().node()))
                .filter(s -> about.scope() != Command.Scope.NODE_OF_USER || !isWrongNode(s, shares))
                .toList();
        List<Share> did = all.stream().filter(s -> s.outcome().isOk()).toList();
        List<Outcome> outcomes = all.stream().map(Share::outcome).toList();
        if (did.isEmpty()) return new Answer(Result.text(""), outcomes);
        boolean isAlone = about.scope() == Command.Scope.LOCAL;
        return new Answer(isAlone ? did.get(0).result() : Merging.of(about.merge(), did), outcomes);
    }

    /** The same with what the command itself makes of what came of all nodes. */
    Answer with(Result last) {
        return new Answer(last, nodes);
    }

    Answer and(Outcome more) {
        return new Answer(result, Stream.concat(nodes.stream(), Stream.of(more)).toList());
    }

    /** The user may have a session on each; that one has none is no failure if another did it. */
    private static boolean isWrongNode(Share share, List<Share> all) {
        return share.outcome().kind().equals(Optional.of(Kind.NOT_FOUND))
                && all.stream().anyMatch(s -> s.outcome().isOk());
    }

    boolean isCancelled() {
        return nodes.stream().anyMatch(n -> n.state() == State.CANCELLED);
    }

    public boolean isDone() {
        return nodes.stream().anyMatch(Outcome::isOk);
    }

    /** Where it was not done, or not all of it is here. */
    List<Outcome> notes() {
        return nodes.stream().filter(n -> !n.isOk() || !n.text().isEmpty()).toList();
    }

    public boolean isWhole() {
        return nodes.stream().allMatch(Outcome::isOk);
    }

    /** Why it was done nowhere. */
    String failure() {
        return nodes.size() == 1 && nodes.get(0).state() == State.FAILED
                ? nodes.get(0).text()
                : nodes.stream().map(Outcome::line).collect(Collectors.joining("; "));
    }

    /** Of the failure; empty if it was a bug. */
    public Optional<Kind> failureKind() {
        Optional<Outcome> failed =
                nodes.stream().filter(n -> n.state() == State.FAILED).findFirst();
        return failed.isPresent() ? failed.get().kind() : Optional.of(Kind.UNAVAILABLE);
    }
}
