package org.skein.adhoc.internal;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.skein.api.command.Action;
import org.skein.api.command.Command;
import org.skein.api.command.Command.Access;
import org.skein.api.command.Command.Merge;
import org.skein.api.command.Command.Scope;
import org.skein.api.command.CommandException;
import org.skein.api.command.CommandException.Kind;
import org.skein.api.command.Field;
import org.skein.api.command.Result;
import org.skein.xmpp.Jid;

/** Commands for tests, which do what the test says. */
final class TestCommands {
    private TestCommands() {}

    abstract static class Plain implements Action<Action.Nothing> {
        final Function<Call, CompletionStage<Result>> code;
        int runs;

        Plain(Function<Call, CompletionStage<Result>> code) {
            this.code = code;
        }

        @Override
        public Class<Nothing> input() {
            return Nothing.class;
        }

        @Override
        public CompletionStage<Result> run(Nothing input, Call call) {
            runs++;
            return code.apply(call);
        }
    }

    @Command(name = "test:local", node = "urn:test#local", title = "Here", access = Access.USER)
    static final class Local extends Plain {
        Local(Function<Call, CompletionStage<Result>> code) {
            super(code);
        }
    }

    @Command(name = "test:rows", title = "Everywhere", scope = Scope.ALL)
    static final class Rows extends Plain {
        Rows(Function<Call, CompletionStage<Result>> code) {
            super(code);
        }
    }

    @Command(name = "test:sum", title = "Everywhere", scope = Scope.ALL, merge = Merge.SUM)
    static final class Sum extends Plain {
        Sum(Function<Call, CompletionStage<Result>> code) {
            super(code);
        }
    }

    @Command(name = "test:union", title = "Everywhere", scope = Scope.ALL, merge = Merge.UNION)
    static final class Union extends Plain {
        Union(Function<Call, CompletionStage<Result>> code) {
            super(code);
        }
    }

    @Command(name = "test:again", title = "Everywhere", scope = Scope.ALL, idempotent = true)
    static final class Again extends Plain {
        Again(Function<Call, CompletionStage<Result>> code) {
            super(code);
        }
    }

    @Command(name = "test:merged", title = "Everywhere", scope = Scope.ALL)
    static final class Merged extends Plain {
        private final UnaryOperator<Result> last;

        Merged(Function<Call, CompletionStage<Result>> code, UnaryOperator<Result> last) {
            super(code);
            this.last = last;
        }

        @Override
        public Result merged(Nothing input, Result merged) {
            return last.apply(merged);
        }
    }

    /** About a user. */
    @Command(name = "test:user", title = "Of a user", scope = Scope.NODE_OF_USER, merge = Merge.UNION)
    static final class OfUser implements Action<OfUser.Input> {
        record Input(@Field(label = "User") Jid user) {}

        final Function<Call, CompletionStage<Result>> code;

        OfUser(Function<Call, CompletionStage<Result>> code) {
            this.code = code;
        }

        @Override
        public Class<Input> input() {
            return Input.class;
        }

        @Override
        public Optional<Jid> user(Input input) {
            return Optional.of(input.user());
        }

        @Override
        public CompletionStage<Result> run(Input input, Call call) {
            return code.apply(call);
        }
    }

    /** Two pages with every type of field. */
    @Command(name = "test:form", title = "All fields", description = "Shows what was filled in.")
    static final class AllFields implements Action<AllFields.Input> {
        enum Colour {
            DARK_RED,
            BLUE
        }

        record Input(
                @Field(label = "Text", maxLength = 10) String text,

                @Field(label = "Secret", secret = true, required = false)
                String secret,

                @Field(label = "Lines", multiline = true, required = false)
                String lines,

                @Field(label = "Flag") boolean flag,

                @Field(label = "Int", min = 1, max = 9, defaultValue = "5")
                int number,

                @Field(label = "Long", required = false) long big,

                @Field(label = "Colour", required = false, defaultValue = "blue")
                Colour colour,

                @Field(
                        label = "Choice",
                        options = {"a=The first", "b"},
                        required = false,
                        var = "the-choice")
                String choice,

                @Field(label = "Whom", step = 2) Jid whom,

                @Field(label = "Others", step = 2, required = false, maxLength = 3)
                List<Jid> others,

                @Field(label = "Words", step = 2, required = false)
                List<String> words,

                @Field(
                        label = "Marks",
                        options = {"x", "y"},
                        step = 2,
                        required = false)
                List<String> marks,

                @Field(label = "Maybe", step = 2) Optional<Integer> maybe) {}

        Input last;

        @Override
        public Class<Input> input() {
            return Input.class;
        }

        @Override
        public CompletionStage<Map<String, List<String>>> prefill(int step, Map<String, List<String>> soFar) {
            return CompletableFuture.completedFuture(step == 2 ? Map.of("words", soFar.get("text")) : Map.of());
        }

        @Override
        public void check(Input input) {
            if (input.text().equals("refused")) throw new CommandException(Kind.BAD_INPUT, "field text: not this");
        }

        @Override
        public CompletionStage<Result> run(Input input, Call call) {
            last = input;
            return Result.later(Result.text("done"));
        }
    }
}
