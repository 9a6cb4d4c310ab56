package org.skein.adhoc.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.skein.api.command.Action;
import org.skein.api.command.Command;
import org.skein.api.command.Field;
import org.skein.api.command.Result;

class RegistryTest {
    private final Registry registry = new Registry();

    private abstract static class Of<I extends Record> implements Action<I> {
        private final Class<I> input;

        Of(Class<I> input) {
            this.input = input;
        }

        @Override
        public Class<I> input() {
            return input;
        }

        @Override
        public CompletionStage<Result> run(I in, Call call) {
            return Result.later(Result.text(""));
        }
    }

    private static final class Unnamed extends Of<Action.Nothing> {
        Unnamed() {
            super(Action.Nothing.class);
        }
    }

    @Command(name = "No Name", title = "")
    private static final class BadName extends Of<Action.Nothing> {
        BadName() {
            super(Action.Nothing.class);
        }
    }

    record Dated(@Field(label = "") Date when) {}

    record Bare(String what) {}

    record Twice(
            @Field(label = "", var = "x") String one,
            @Field(label = "", var = "x") String two) {}

    record Gap(@Field(label = "", step = 2) String what) {}

    record Choice(
            @Field(
                    label = "",
                    options = {"a", "b"},
                    defaultValue = "c")
            String what) {}

    record Numbers(@Field(label = "") List<Integer> what) {}

    record MaybeList(@Field(label = "") java.util.Optional<List<String>> what) {}

    @Command(name = "test:x", title = "")
    private static final class With<I extends Record> extends Of<I> {
        With(Class<I> input) {
            super(input);
        }
    }

    private static String reason(Action<?> action) {
        return assertThrows(IllegalArgumentException.class, () -> Definition.of(action))
                .getMessage();
    }

    @Test
    void aClassThatIsNoCommandIsLeftOutWithTheReason() {
        assertEquals("the class has no @Command", reason(new Unnamed()));
        assertEquals("no name: No Name", reason(new BadName()));
        assertTrue(reason(new With<>(Dated.class)).contains("class java.util.Date"));
        assertEquals("component what has no @Field", reason(new With<>(Bare.class)));
        assertEquals("two fields x", reason(new With<>(Twice.class)));
        assertEquals("no field is on page 1", reason(new With<>(Gap.class)));
        assertEquals("field what: is none of a, b", reason(new With<>(Choice.class)));
        assertTrue(reason(new With<>(Numbers.class)).contains("Integer"));
        assertTrue(reason(new With<>(MaybeList.class)).contains("List"));
        registry.bindAction(new Unnamed());
        registry.bindAction(new With<>(null));
        assertTrue(registry.all().isEmpty());
    }

    @Test
    void ofTwoWithOneNameTheFirstCountsUntilItGoes() {
        List<String> heard = new ArrayList<>();
        With<Action.Nothing> first = new With<>(Action.Nothing.class);
        With<Action.Nothing> second = new With<>(Action.Nothing.class);
        registry.bindAction(first);
        registry.listen(new Registry.Listener() {
            @Override
            public void added(Definition command) {
                heard.add("+" + (command.service() == first ? 1 : 2));
            }

            @Override
            public void removed(Definition command) {
                heard.add("-" + (command.service() == first ? 1 : 2));
            }
        });
        registry.bindAction(second);
        registry.unbindAction(first);
        registry.unbindAction(second);
        assertEquals(List.of("+1", "-1", "+2", "-2"), heard);
        assertTrue(registry.named("test:x").isEmpty());
    }
}
