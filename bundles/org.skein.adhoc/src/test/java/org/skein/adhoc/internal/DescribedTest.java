package org.skein.adhoc.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.skein.api.command.Action;
import org.skein.api.command.Command.Access;
import org.skein.api.command.Command.Merge;
import org.skein.api.command.Command.Scope;
import org.skein.api.command.CommandDescription;
import org.skein.api.command.CommandException;
import org.skein.api.command.DescribedAction;
import org.skein.api.command.FieldDescription;
import org.skein.api.command.FieldDescription.Type;
import org.skein.api.command.Result;
import org.skein.testkit.ManualScheduler;
import org.skein.testkit.cluster.InMemoryCluster;
import org.skein.xmpp.Jid;

/** Commands that are data are commands like the others. */
class DescribedTest {
    private final ManualScheduler scheduler = new ManualScheduler();
    private final TestNode node = new TestNode(new InMemoryCluster(scheduler), scheduler, "a");

    private static final class Said implements DescribedAction {
        private final CommandDescription description;
        private final List<String> told = new ArrayList<>();
        private Map<String, Object> last;

        private Said(String name, Scope scope, FieldDescription... fields) {
            description = new CommandDescription(
                    name, "", "Says", "", scope, Access.ADMIN, Merge.ROWS, 10, false, List.of(fields));
        }

        @Override
        public CommandDescription description() {
            return description;
        }

        @Override
        public Optional<Jid> user(Map<String, Object> input) {
            return Optional.ofNullable((Jid) input.get("whom"));
        }

        @Override
        public CompletionStage<Result> run(Map<String, Object> input, Action.Call call) {
            last = input;
            return Result.later(Result.text("said on " + call.node()));
        }

        @Override
        public void hosted(Optional<String> refusal) {
            told.add(refusal.orElse("hosted"));
        }
    }

    private static FieldDescription field(String var, Type type, boolean isList, boolean required, String value) {
        return new FieldDescription(var, var, type, isList, required, value, List.of(), false, false, 1, 9, 100, 1);
    }

    @Test
    void inputIsByNameAndWhatWasLeftOutIsNotThere() {
        Said said = new Said(
                "test:said",
                Scope.LOCAL,
                field("text", Type.TEXT, false, true, ""),
                field("maybe", Type.INT, false, false, ""),
                field("number", Type.INT, false, false, "5"),
                field("big", Type.LONG, false, false, ""),
                field("flag", Type.FLAG, false, false, ""),
                field("whom", Type.JID, false, false, ""),
                field("others", Type.JID, true, false, ""));
        node.registry.bindDescribed(said);
        Answer answer = node.run("test:said", Map.of("text", List.of("x"), "big", List.of("7")));
        assertEquals("said on a", answer.result().text());
        assertEquals(Map.of("text", "x", "number", 5, "big", 7L, "flag", false, "others", List.of()), said.last);
        assertEquals(
                "urn:skein:command:test:said",
                node.registry.named("test:said").orElseThrow().node());
        for (Map<String, List<String>> wrong : List.of(
                Map.<String, List<String>>of(),
                Map.of("text", List.of("x"), "number", List.of("10")),
                Map.of("text", List.of("x"), "whom", List.of("@")),
                Map.of("text", List.of("x"), "other", List.of("x")))) {
            assertThrows(CommandException.class, () -> node.run("test:said", wrong), wrong::toString);
        }
    }

    @Test
    void aCommandAboutAUserRunsWhereTheUserIs() {
        Said said = new Said("test:about", Scope.NODE_OF_USER, field("whom", Type.JID, false, true, ""));
        node.registry.bindDescribed(said);
        node.online.add(Jid.of("u@localhost"));
        assertTrue(
                node.run("test:about", Map.of("whom", List.of("u@localhost/x"))).isWhole());
        assertEquals(Jid.of("u@localhost/x"), said.last.get("whom"));
    }

    @Test
    void itIsToldWhetherItIsACommand() {
        Said first = new Said("test:one", Scope.LOCAL);
        Said second = new Said("test:one", Scope.LOCAL);
        node.registry.bindDescribed(first);
        node.registry.bindDescribed(second);
        assertEquals(List.of("hosted"), first.told);
        assertEquals(1, second.told.size());
        assertTrue(second.told.get(0).contains("that of "), second.told::toString);
        node.registry.unbindDescribed(first);
        assertEquals("hosted", second.told.get(1));
        node.registry.unbindDescribed(second);
        assertTrue(node.registry.named("test:one").isEmpty());
    }

    @Test
    void aClassCountsBeforeIt() {
        Said said = new Said("test:local", Scope.LOCAL);
        TestCommands.Local local = new TestCommands.Local(call -> Result.later(Result.text("class")));
        node.registry.bindDescribed(said);
        assertEquals("said on a", node.run("test:local", Map.of()).result().text());
        node.registry.bindAction(local);
        assertEquals("class", node.run("test:local", Map.of()).result().text());
        assertEquals("its name or node is that of " + local.getClass().getName(), said.told.get(1));
        node.registry.unbindAction(local);
        assertEquals("said on a", node.run("test:local", Map.of()).result().text());
        assertEquals("hosted", said.told.get(2));
    }

    @Test
    void whatCannotBeACommandIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Said("Bad Name", Scope.LOCAL));
        FieldDescription plain = FieldDescription.of("x", "X", Type.TEXT);
        assertThrows(IllegalArgumentException.class, () -> new Said("test:x", Scope.LOCAL, plain, plain));
        Said wrongDefault = new Said("test:x", Scope.LOCAL, field("n", Type.INT, false, false, "much"));
        node.registry.bindDescribed(wrongDefault);
        assertEquals(List.of("field n: no whole number of 32 bits"), wrongDefault.told);
        assertTrue(node.registry.named("test:x").isEmpty());
    }
}
