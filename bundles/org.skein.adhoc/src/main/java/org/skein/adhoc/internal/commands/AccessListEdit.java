package org.skein.adhoc.internal.commands;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.skein.adhoc.internal.commands.AccessLists.Change;
import org.skein.api.command.Action;
import org.skein.api.command.CommandException;
import org.skein.api.command.CommandException.Kind;
import org.skein.api.command.Result;
import org.skein.xmpp.Jid;

/** Changes one of the lists: the node that was asked stores it, the others hear of it. */
abstract class AccessListEdit<I extends Record> implements Action<I> {
    private final AccessLists lists;
    private final AccessLists.Which which;
    private final Class<I> input;

    AccessListEdit(AccessLists lists, AccessLists.Which which, Class<I> input) {
        this.lists = lists;
        this.which = which;
        this.input = input;
    }

    /** Null where the list was only filled in, as XEP-0133 has it. */
    abstract Change change(I in);

    abstract List<Jid> entries(I in);

    /** The variable of the entries. */
    abstract String var();

    private Change meant(I in) {
        return change(in) == null ? Change.REPLACE : change(in);
    }

    @Override
    public final Class<I> input() {
        return input;
    }

    @Override
    public final CompletionStage<Map<String, List<String>>> prefill(int step, Map<String, List<String>> soFar) {
        return Users.told(lists.read(which))
                .thenApply(now -> Map.of(
                        "change",
                        List.of("replace"),
                        var(),
                        now.stream().map(Jid::toString).toList()));
    }

    @Override
    public final void check(I in) {
        if (change(in) != Change.REPLACE && entries(in).isEmpty()) {
            throw new CommandException(Kind.BAD_INPUT, "field " + var() + ": is empty; only 'replace' empties a list");
        }
        lists.check(which, meant(in), entries(in));
    }

    @Override
    public final CompletionStage<Result> run(I in, Call call) {
        if (call.isAskedHere()) {
            return Users.told(lists.store(which, meant(in), entries(in), call.by()))
                    .thenApply(size -> Result.text("entries of the " + which.word() + ": " + size));
        }
        lists.heardOf(which, meant(in), entries(in));
        return Result.later(Result.text(""));
    }
}
