package org.skein.adhoc.internal.commands;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.stream.Stream;
import org.skein.api.command.Action;
import org.skein.api.command.Command;
import org.skein.api.command.CommandException;
import org.skein.api.command.Result;
import org.skein.api.component.VirtualHosts;
import org.skein.testkit.storage.InMemoryStorage;
import org.skein.xmpp.Jid;

/** Nodes with one database, on which commands run as their scope and merge say. The first one is asked. */
final class FakeCluster {
    static final Jid ADMIN = Jid.of("admin@a.example");

    final List<FakeNode> nodes = new ArrayList<>();
    final InMemoryStorage storage = new InMemoryStorage();
    final FakeAccounts accounts = new FakeAccounts(storage);
    final VirtualHosts hosts = new VirtualHosts() {
        @Override
        public Set<String> domains() {
            return Set.of("b.example", "a.example");
        }

        @Override
        public String defaultDomain() {
            return "a.example";
        }

        @Override
        public boolean isAdmin(Jid account) {
            return account.bare().equals(ADMIN);
        }
    };

    FakeCluster(String... names) {
        for (String name : names) nodes.add(new FakeNode(name, this));
    }

    FakeNode node(String name) {
        return nodes.stream().filter(n -> n.name.equals(name)).findFirst().orElseThrow();
    }

    void accounts(String... jids) {
        for (String jid : jids) storage.accounts().create(Jid.of(jid), List.of());
    }

    /** @param command that of a node */
    <I extends Record> Result run(Function<FakeNode, Action<I>> command, I input) {
        Action<I> asked = command.apply(nodes.get(0));
        asked.check(input);
        Command is = asked.getClass().getAnnotation(Command.class);
        List<FakeNode> where = is.scope() == Command.Scope.LOCAL ? nodes.subList(0, 1) : List.copyOf(nodes);
        List<Result> results = new ArrayList<>();
        for (FakeNode node : where) {
            Action.Call call = new Action.Call(ADMIN, node.name, node == nodes.get(0));
            results.add(
                    command.apply(node).run(input, call).toCompletableFuture().join());
        }
        return asked.merged(input, merged(is.merge(), results));
    }

    private static Result merged(Command.Merge merge, List<Result> results) {
        Result first = results.get(0);
        return switch (merge) {
            case ROWS ->
                new Result(
                        first.text(),
                        first.values(),
                        first.columns(),
                        rows(results).toList());
            case UNION ->
                new Result(
                        "",
                        List.of(),
                        first.columns(),
                        List.copyOf(new LinkedHashSet<>(rows(results).toList())));
            case SUM ->
                Result.value(
                        first.values().get(0).var(),
                        "",
                        results.stream()
                                .mapToLong(r -> Long.parseLong(value(r)))
                                .sum());
        };
    }

    private static Stream<List<String>> rows(List<Result> results) {
        return results.stream().flatMap(r -> r.rows().stream());
    }

    /** The only value. */
    static String value(Result result) {
        return result.values().get(0).texts().get(0);
    }

    static List<String> values(Result result, String var) {
        return result.values().stream()
                .filter(v -> v.var().equals(var))
                .flatMap(v -> v.texts().stream())
                .toList();
    }

    /** What was wrong. */
    <I extends Record> CommandException refused(Function<FakeNode, Action<I>> command, I input) {
        RuntimeException e = assertThrows(RuntimeException.class, () -> run(command, input));
        return (CommandException) (e instanceof CompletionException ? e.getCause() : e);
    }
}
