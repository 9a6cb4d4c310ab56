package org.skein.itests.misbehaving;

import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.skein.api.command.Action;
import org.skein.api.command.Command;
import org.skein.api.command.Command.Scope;
import org.skein.api.command.Field;
import org.skein.api.command.Result;
import org.skein.xmpp.Jid;

/** Commands that do everything wrong that a command can, on each node; components of one bundle. */
public final class BadCommands {
    /** Rows of {@link Huge}. */
    public static final int MANY = 100_000;

    private BadCommands() {}

    /** Each without fields. */
    public abstract static class Bad implements Action<Action.Nothing> {
        @Override
        public Class<Nothing> input() {
            return Nothing.class;
        }
    }

    @Command(name = "bad:throws", title = "Throws", scope = Scope.ALL)
    public static final class Throws extends Bad {
        @Override
        public CompletionStage<Result> run(Nothing input, Call call) {
            throw new IllegalStateException("thrown as promised");
        }
    }

    @Command(name = "bad:error", title = "Throws what is no exception", scope = Scope.ALL)
    public static final class Errs extends Bad {
        @Override
        public CompletionStage<Result> run(Nothing input, Call call) {
            return deeper(0);
        }

        private CompletionStage<Result> deeper(int depth) {
            CompletionStage<Result> result = deeper(depth + 1);
            return depth < 0 ? null : result;
        }
    }

    @Command(name = "bad:fails", title = "Fails later, where it was not asked", scope = Scope.ALL)
    public static final class Fails extends Bad {
        @Override
        public CompletionStage<Result> run(Nothing input, Call call) {
            if (call.isAskedHere()) return Result.later(Result.text("well"));
            return CompletableFuture.failedFuture(new IOException("failed as promised"));
        }
    }

    @Command(name = "bad:null", title = "Answers nothing at all", scope = Scope.ALL)
    public static final class Null extends Bad {
        @Override
        public CompletionStage<Result> run(Nothing input, Call call) {
            return call.isAskedHere() ? null : CompletableFuture.completedFuture(null);
        }
    }

    @Command(name = "bad:never", title = "Never answers", scope = Scope.ALL, deadlineSeconds = 2)
    public static final class Never extends Bad {
        @Override
        public CompletionStage<Result> run(Nothing input, Call call) {
            return new CompletableFuture<>();
        }
    }

    /** Until its bundle is stopped, whoever interrupts it. */
    @Command(name = "bad:blocks", title = "Blocks its thread", scope = Scope.ALL, deadlineSeconds = 2)
    public static final class Blocks extends Bad {
        private boolean isOver;

        @Override
        public synchronized CompletionStage<Result> run(Nothing input, Call call) {
            while (!isOver) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    continue;
                }
            }
            return Result.later(Result.text("at last"));
        }

        public synchronized void deactivate() {
            isOver = true;
            notifyAll();
        }
    }

    /** On one node, which says on its output that it has begun. */
    @Command(name = "bad:waits", title = "Waits for ever on one node", scope = Scope.ALL, deadlineSeconds = 60)
    public static final class Waits implements Action<Waits.Input> {
        public record Input(@Field(label = "Where") String where) {}

        @Override
        public Class<Input> input() {
            return Input.class;
        }

        @Override
        public CompletionStage<Result> run(Input input, Call call) {
            if (!call.node().equals(input.where())) return Result.later(Result.text("well"));
            System.out.println("bad:waits has begun");
            return new CompletableFuture<>();
        }
    }

    @Command(name = "bad:garbage", title = "Answers garbage", scope = Scope.ALL)
    public static final class Garbage extends Bad {
        private static final String GARBAGE = "a\0b \u001b[31m \ud800 \uffff ]]> <evil/> &amp; \r\n end";

        @Override
        public CompletionStage<Result> run(Nothing input, Call call) {
            Result table = Result.table(
                    List.of("k=" + GARBAGE, "x'/><evil a='=X", "z"),
                    List.of(Collections.nCopies(3, GARBAGE), List.of("", "", "")));
            return Result.later(new Result(
                    GARBAGE,
                    List.of(
                            new Result.Value("none", "", List.of()),
                            new Result.Value(GARBAGE, GARBAGE, List.of(GARBAGE))),
                    table.columns(),
                    table.rows()));
        }
    }

    @Command(name = "bad:nameless", title = "Answers a table whose columns have no names", scope = Scope.ALL)
    public static final class Nameless extends Bad {
        @Override
        public CompletionStage<Result> run(Nothing input, Call call) {
            return Result.later(Result.table(List.of("", ""), List.of(List.of("a", "b"))));
        }
    }

    @Command(name = "bad:huge", title = "Answers far too many rows", scope = Scope.ALL)
    public static final class Huge extends Bad {
        @Override
        public CompletionStage<Result> run(Nothing input, Call call) {
            List<List<String>> rows =
                    IntStream.range(0, MANY).mapToObj(i -> List.of("row " + i)).toList();
            return Result.later(Result.table(List.of("word"), rows));
        }
    }

    /** With a form. */
    public abstract static class BadForm implements Action<BadForm.Input> {
        public record Input(@Field(label = "Word") String word) {}

        @Override
        public Class<Input> input() {
            return Input.class;
        }

        @Override
        public CompletionStage<Result> run(Input input, Call call) {
            return Result.later(Result.text(input.word()));
        }
    }

    @Command(name = "bad:prefill", title = "Its form throws", scope = Scope.ALL)
    public static final class Prefill extends BadForm {
        @Override
        public CompletionStage<Map<String, List<String>>> prefill(int step, Map<String, List<String>> soFar) {
            throw new IllegalStateException("thrown as promised");
        }
    }

    @Command(name = "bad:check", title = "Its check throws", scope = Scope.ALL)
    public static final class Check extends BadForm {
        @Override
        public void check(Input input) {
            throw new IllegalStateException("thrown as promised");
        }
    }

    @Command(name = "bad:merged", title = "Merges to nothing", scope = Scope.ALL)
    public static final class Merged extends BadForm {
        @Override
        public Result merged(Input input, Result merged) {
            return null;
        }
    }

    @Command(name = "bad:user", title = "About nobody", scope = Scope.NODE_OF_USER)
    public static final class User extends BadForm {
        @Override
        public Optional<Jid> user(Input input) {
            return null;
        }
    }
}
