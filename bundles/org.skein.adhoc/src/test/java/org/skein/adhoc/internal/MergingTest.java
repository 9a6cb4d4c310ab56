package org.skein.adhoc.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.skein.adhoc.internal.Answer.Outcome;
import org.skein.adhoc.internal.Answer.Share;
import org.skein.adhoc.internal.Answer.State;
import org.skein.api.command.Command.Merge;
import org.skein.api.command.Result;

/** Results of several nodes, made one and carried over the link. */
class MergingTest {
    private static Share share(String node, Result result) {
        return new Share(new Outcome(node, State.OK, Optional.empty(), ""), result);
    }

    private static Result merged(Merge merge, Result a, Result b) {
        return Merging.of(merge, List.of(share("a", a), share("b", b)));
    }

    @Test
    void valuesBecomeARowANode() {
        Result rows = merged(
                Merge.ROWS,
                Result.value("n", "Number", 1).and("w", "Word", "x"),
                Result.value("w", "Word", "y").and("new", "New", "z"));
        assertEquals(
                List.of("node", "n", "w", "new"),
                rows.columns().stream().map(c -> c.var()).toList());
        assertEquals(List.of(List.of("a", "1", "x", ""), List.of("b", "", "y", "z")), rows.rows());
    }

    @Test
    void aTableThatHasANodeItselfKeepsIt() {
        Result table = Result.table(List.of("node"), List.of(List.of("x")));
        Result rows = merged(Merge.ROWS, table, table);
        assertEquals(
                List.of("answering-node", "node"),
                rows.columns().stream().map(c -> c.var()).toList());
    }

    @Test
    void whatIsNoNumberIsNotAdded() {
        Result sum = merged(
                Merge.SUM,
                Result.value("n", "N", Long.MAX_VALUE).and("w", "W", "x").and("m", "M", "2"),
                Result.value("n", "N", 1).and("w", "W", "x").and("m", "M", "-5"));
        assertEquals(
                List.of("1", Long.toString(Long.MAX_VALUE)), sum.values().get(0).texts(), "it would overflow");
        assertEquals(List.of("x"), sum.values().get(1).texts());
        assertEquals(List.of("-3"), sum.values().get(2).texts());
    }

    @Test
    void listsAreUnited() {
        Result union =
                merged(Merge.UNION, Result.list("l", "L", List.of("b", "a")), Result.list("l", "L", List.of("c", "a")));
        assertEquals(List.of("a", "b", "c"), union.values().get(0).texts());
    }

    @Test
    void aShareCrossesTheLinkWhole() throws IOException {
        Share share = new Share(
                new Outcome("a", State.OK, Optional.empty(), ""),
                new Result(
                        "ä😀",
                        Result.list("l", "L", List.of("", "x\ny")).values(),
                        Result.table(List.of("k=Key", "v"), List.of()).columns(),
                        List.of(List.of("1", ""), List.of("2", "z"))));
        assertEquals(share, RunReply.of("a", RunReply.toBytes(share)));
        assertEquals(
                1,
                RunReply.of("a", RunReply.toBytes(share, 140)).result().rows().size());
        assertEquals(
                State.FAILED,
                RunReply.of("a", RunReply.toBytes(share, 20)).outcome().state());
    }

    @Test
    void noBytesMakeItFailOtherwiseThanAsUnreadable() throws IOException {
        byte[] good = RunReply.toBytes(share("a", Result.table(List.of("k"), List.of(List.of("1"), List.of("2")))));
        for (int length = 0; length < good.length; length++) {
            byte[] cut = Arrays.copyOf(good, length);
            assertThrows(IOException.class, () -> RunReply.of("a", cut));
        }
        long seed = Long.getLong("skein.tests.seed", 4711);
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] bad = good.clone();
            for (int n = random.nextInt(4); n >= 0; n--) bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            try {
                RunReply.of("a", bad);
                RunRequest.of(bad);
            } catch (IOException expected) {
                continue;
            } catch (RuntimeException | OutOfMemoryError e) {
                throw new AssertionError("seed " + seed + ", " + i, e);
            }
        }
    }
}
