package org.skein.adhoc.groovy.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skein.api.storage.SharedFiles;
import org.skein.api.storage.SharedFiles.Entry;
import org.skein.testkit.storage.Answers;
import org.skein.testkit.storage.InMemoryStorage;

/** The folders of several nodes and what is in the database. */
class MirrorTest {
    private static final String X = "x.groovy";

    @TempDir
    private Path temporary;

    private final InMemoryStorage storage = new InMemoryStorage();
    private SharedFiles shared = storage.sharedFiles();

    /** A node: its folder outlives its process. */
    private final class Node {
        private final String name;
        private final Path base;
        private Mirror mirror;

        private Node(String name) throws IOException {
            this.name = name;
            base = temporary.resolve(name);
            Files.createDirectories(base.resolve("scripts"));
            restart();
        }

        void restart() throws IOException {
            mirror = Mirror.in(base, shared);
        }

        Path script(String file) {
            return base.resolve("scripts").resolve(file);
        }

        Node drop(String file, String text) throws IOException {
            Files.writeString(script(file), text);
            return this;
        }

        /** Also when the file system's clock is coarse. */
        Node drop(String file, String text, Instant when) throws IOException {
            drop(file, text);
            Files.setLastModifiedTime(script(file), FileTime.from(when));
            return this;
        }

        /** Enough looks for anything to be noticed. */
        Node settle() throws Exception {
            for (int i = 0; i < 3; i++) {
                mirror.look();
                if (i > 0) mirror.step(name);
            }
            return this;
        }

        Map<String, String> folder() throws IOException {
            return texts(base.resolve("scripts"));
        }

        Map<String, String> aside() throws IOException {
            Path aside = base.resolve("data/scripts/aside");
            return Files.exists(aside) ? texts(aside) : Map.of();
        }

        Map<String, String> running() {
            Map<String, String> texts = new TreeMap<>();
            mirror.held().forEach((file, held) -> texts.put(file, new String(held.content(), StandardCharsets.UTF_8)));
            return texts;
        }
    }

    private static Map<String, String> texts(Path folder) throws IOException {
        Map<String, String> texts = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) texts.put(file.getFileName().toString(), Files.readString(file));
        }
        return texts;
    }

    private static void settle(Node... nodes) throws Exception {
        for (Node node : nodes) node.settle();
    }

    private List<Entry> entries() {
        return Answers.of(shared.list(Mirror.KIND)).stream()
                .filter(e -> !e.name().equals(Mirror.DATABASE))
                .toList();
    }

    private static void assertAllHave(Map<String, String> texts, Node... nodes) throws Exception {
        for (Node node : nodes) {
            assertEquals(texts, node.folder(), node.name);
            assertEquals(texts, node.running(), node.name);
        }
    }

    @Test
    void whatIsDroppedChangedAndRemovedOnAnyNodeIsSoOnAll() throws Exception {
        Node a = new Node("a");
        Node b = new Node("b");
        Node c = new Node("c");
        a.drop(X, "1");
        settle(a, b, c);
        assertAllHave(Map.of(X, "1"), a, b, c);
        assertEquals("a", entries().get(0).changedBy());
        b.drop(X, "22");
        settle(b, a, c);
        assertAllHave(Map.of(X, "22"), a, b, c);
        c.drop("y.groovy", "y");
        Files.delete(c.script(X));
        settle(c, a, b);
        assertAllHave(Map.of("y.groovy", "y"), a, b, c);
        a.drop(X, "1"); // again, as it was once
        settle(a, b, c);
        assertAllHave(Map.of(X, "1", "y.groovy", "y"), a, b, c);
        assertEquals(Map.of(), c.aside()); // removed by its own operator
        assertEquals(Map.of(X, "22"), b.aside()); // removed by another's: kept for whoever misses it
    }

    @Test
    void aNodeWithAnOldCopyNeitherBringsBackWhatWasRemovedNorOverwritesWhatIsNewer() throws Exception {
        Node a = new Node("a").drop(X, "1").drop("y.groovy", "old");
        Node b = new Node("b");
        settle(a, b);
        Files.delete(b.script(X)); // while a is down
        b.drop("y.groovy", "new");
        settle(b);
        a.restart();
        settle(a, b);
        assertAllHave(Map.of("y.groovy", "new"), a, b);
        assertEquals(1, entries().size());
    }

    @Test
    void whatIsChangedWhileANodeIsDownIsSharedWhenItStarts() throws Exception {
        Node a = new Node("a").drop(X, "1").drop("y.groovy", "y");
        Node b = new Node("b");
        settle(a, b);
        a.drop(X, "edited");
        Files.delete(a.script("y.groovy"));
        a.restart();
        settle(a, b);
        assertAllHave(Map.of(X, "edited"), a, b);
    }

    @Test
    void ofTwoFilesOfOneNameTheLaterCountsAndTheOtherIsKept() throws Exception {
        Node a = new Node("a").drop(X, "first");
        Node b = new Node("b").drop(X, "second", Instant.now().minusSeconds(60));
        settle(a, b);
        assertAllHave(Map.of(X, "first"), a, b); // b's is older than what a has shared
        assertEquals(Map.of(X, "second"), b.aside());
        Node c = new Node("c").drop(X, "third", Instant.now().plusSeconds(60));
        settle(c, a, b);
        assertAllHave(Map.of(X, "third"), a, b, c);
    }

    @Test
    void ofTwoChangesAtTheSameTimeTheFirstToArriveCountsAndBothSeeIt() throws Exception {
        Node a = new Node("a").drop(X, "1");
        Node b = new Node("b");
        settle(a, b);
        a.drop(X, "of a", Instant.now().minusSeconds(9));
        b.drop(X, "of b", Instant.now().minusSeconds(9));
        settle(b, a, b);
        assertAllHave(Map.of(X, "of b"), a, b);
        assertEquals(Map.of(X, "of a"), a.aside());
    }

    @Test
    void anEditOutlivesARemovalElsewhereOnlyAside() throws Exception {
        Node a = new Node("a").drop(X, "1");
        Node b = new Node("b");
        settle(a, b);
        Files.delete(a.script(X));
        b.drop(X, "edited");
        settle(a, b, a);
        assertAllHave(Map.of(), a, b);
        assertEquals(Map.of(X, "edited"), b.aside());
    }

    @Test
    void aChangeOutlivesARemovalAtTheSameTime() throws Exception {
        Node a = new Node("a").drop(X, "1");
        Node b = new Node("b");
        settle(a, b);
        b.drop(X, "2");
        Files.delete(a.script(X));
        settle(b, a);
        assertAllHave(Map.of(X, "2"), a, b);
    }

    @Test
    void whatIsSavedBetweenTheLookAndTheStepIsNotOverwritten() throws Exception {
        Node a = new Node("a").drop(X, "1");
        Node b = new Node("b");
        settle(a, b);
        a.drop(X, "2");
        settle(a);
        b.mirror.look();
        b.drop(X, "edited", Instant.now().plusSeconds(60));
        b.mirror.step("b");
        assertEquals(Map.of(X, "edited"), b.folder());
        settle(b, a);
        assertAllHave(Map.of(X, "edited"), a, b);
    }

    @Test
    void aProcessThatEndsInTheMiddleLosesNothing() throws Exception {
        Node a = new Node("a").drop(X, "1");
        settle(a);
        Path state = a.base.resolve("data/scripts/seen.tsv");
        byte[] before = Files.readAllBytes(state);
        a.drop(X, "2");
        settle(a);
        Files.write(state, before); // it was shared, and that not yet noted
        a.restart();
        settle(a);
        assertAllHave(Map.of(X, "2"), a);
        Files.delete(state); // the worst of it
        a.restart();
        settle(a);
        assertAllHave(Map.of(X, "2"), a);
        assertEquals(2, entries().get(0).version());
    }

    @Test
    void whileTheDatabaseIsAwayNothingChanges() throws Exception {
        Node a = new Node("a").drop(X, "1");
        Node b = new Node("b");
        settle(a, b);
        storage.available(false);
        a.drop(X, "2");
        Files.delete(b.script(X));
        assertThrows(IOException.class, () -> settle(a));
        assertThrows(IOException.class, () -> settle(b));
        assertEquals(Map.of(X, "1"), a.running());
        storage.available(true);
        settle(a, b, a);
        assertAllHave(Map.of(X, "2"), a, b);
    }

    @Test
    void aFolderThatIsNotThereRemovesNothing() throws Exception {
        Node a = new Node("a").drop(X, "1");
        settle(a);
        Files.move(a.base.resolve("scripts"), a.base.resolve("gone"));
        assertThrows(IOException.class, () -> settle(a));
        Files.move(a.base.resolve("gone"), a.base.resolve("scripts"));
        settle(a);
        assertAllHave(Map.of(X, "1"), a);
    }

    @Test
    void anotherDatabaseGetsTheScriptsInsteadOfTakingThemAway() throws Exception {
        Node a = new Node("a").drop(X, "1").drop("y.groovy", "y").drop("z.groovy", "z");
        Node b = new Node("b");
        settle(a, b);
        shared = new InMemoryStorage().sharedFiles(); // with one of the scripts of its own
        Node c = new Node("c").drop("z.groovy", "theirs");
        settle(c);
        a.restart();
        b.restart();
        settle(a, b, c);
        assertAllHave(Map.of(X, "1", "y.groovy", "y", "z.groovy", "theirs"), a, b, c);
        assertEquals(Map.of("z.groovy", "z"), a.aside()); // the later counts
        Files.delete(b.script(X)); // and from here on it is as it was with the other
        settle(b, a, c);
        assertAllHave(Map.of("y.groovy", "y", "z.groovy", "theirs"), a, b, c);
    }

    @Test
    void ofTwoNodesThatAreFirstAtADatabaseBothKnowItAfterwards() throws Exception {
        Node a = new Node("a").drop(X, "1");
        settle(a);
        Entry mark = Answers.of(shared.list(Mirror.KIND)).stream()
                .filter(e -> e.name().equals(Mirror.DATABASE))
                .findFirst()
                .orElseThrow();
        Node b = new Node("b");
        settle(b, a);
        assertTrue(Answers.of(shared.list(Mirror.KIND)).contains(mark)); // made once
        a.restart();
        Files.delete(a.script(X));
        settle(a, b);
        assertAllHave(Map.of(), a, b);
    }

    @Test
    void anEmptyFolderInThePlaceOfSeveralScriptsRemovesNothing() throws Exception {
        Node a = new Node("a").drop(X, "1").drop("y.groovy", "y");
        Node b = new Node("b");
        settle(a, b);
        Path scripts = a.base.resolve("scripts");
        Path volume = a.base.resolve("volume");
        Files.move(scripts, volume);
        Files.createDirectory(scripts); // a volume that is not mounted
        a.restart();
        b.drop(X, "22");
        settle(b, a);
        a.drop("new.groovy", "new");
        settle(a, b, a);
        assertEquals(Map.of(X, "22", "y.groovy", "y"), a.running()); // all the same
        assertAllHave(Map.of(X, "22", "y.groovy", "y"), b);
        assertEquals(Map.of("new.groovy", "new"), a.folder());
        Files.move(scripts, a.base.resolve("gone"));
        Files.move(volume, scripts);
        settle(a, b);
        assertAllHave(Map.of(X, "22", "y.groovy", "y"), a, b);
    }

    @Test
    void allAreRemovedWhereTheLastGoesAfterTheOthers() throws Exception {
        Node a = new Node("a").drop(X, "1").drop("y.groovy", "y");
        Node b = new Node("b");
        settle(a, b);
        Files.delete(a.script(X));
        Files.delete(a.script("y.groovy"));
        settle(a, b);
        assertEquals(2, entries().size());
        a.drop(X, "1"); // as the log advises
        settle(a, b);
        assertAllHave(Map.of(X, "1"), a, b);
        Files.delete(a.script(X));
        settle(a, b);
        assertAllHave(Map.of(), a, b);
    }

    @Test
    void anEmptyFolderIsInStepWhereAllWasRemovedElsewhere() throws Exception {
        Node a = new Node("a").drop(X, "1").drop("y.groovy", "y");
        Node b = new Node("b");
        settle(a, b);
        Files.delete(a.script(X));
        Files.delete(a.script("y.groovy"));
        Files.delete(b.script(X));
        settle(b);
        Files.delete(b.script("y.groovy"));
        settle(b, a);
        a.drop("z.groovy", "z");
        settle(a, b);
        assertAllHave(Map.of("z.groovy", "z"), a, b);
    }

    @Test
    void aFileIsTakenWhenItIsCompleteAndGoneWhenItStaysAway() throws Exception {
        Node a = new Node("a");
        a.mirror.look();
        a.drop(X, "half");
        a.mirror.look();
        a.mirror.step("a");
        assertEquals(0, entries().size());
        a.drop(X, "half and half");
        a.mirror.look();
        a.mirror.step("a");
        assertEquals(0, entries().size());
        assertTrue(a.mirror.look());
        a.mirror.step("a");
        assertEquals(Map.of(X, "half and half"), a.running());
        Files.delete(a.script(X)); // as an editor does before it puts the new one there
        assertFalse(a.mirror.look());
        a.mirror.step("a");
        assertEquals(1, entries().size());
        a.drop(X, "edited");
        settle(a);
        assertEquals(Map.of(X, "edited"), a.running());
        assertEquals(2, entries().get(0).version());
    }

    @Test
    void whatCanBeNoScriptIsRefusedAndWhatRanBeforeGoesOn() throws Exception {
        Node a = new Node("a").drop(X, "1");
        Node b = new Node("b");
        settle(a, b);
        Files.write(a.script(X), new byte[] {'x', (byte) 0xff});
        Files.write(a.script("big.groovy"), new byte[Folder.MOST_BYTES + 1]);
        Files.createDirectory(a.script("folder.groovy"));
        a.drop("bad name!.groovy", "1")
                .drop("empty.groovy", "")
                .drop(".hidden.groovy", "1")
                .drop("README", "1");
        a.drop("y.groovy.sample", "1").drop("most.groovy", "x".repeat(Folder.MOST_BYTES));
        settle(a, b);
        assertEquals(
                Map.of(
                        X,
                        "it is not in UTF-8",
                        "big.groovy",
                        "it has more than 256 KiB",
                        "folder.groovy",
                        "it is no file",
                        "bad name!.groovy",
                        "the name of a script has letters, digits, '.', '_' and '-', at most 100",
                        "empty.groovy",
                        "it is empty"),
                a.mirror.refused());
        assertEquals(
                List.of("most.groovy", X), entries().stream().map(Entry::name).toList());
        assertEquals("1", a.running().get(X));
        b.drop(X, "2");
        settle(b, a);
        assertEquals("2", a.running().get(X));
        assertEquals("2", Files.readString(a.script(X)));
        assertTrue(Files.exists(a.base.resolve("data/scripts/aside").resolve(X)));
    }

    @Test
    void aNameInTheDatabaseThatIsNoFileNameTouchesNothing() throws Exception {
        Answers.of(shared.put(Mirror.KIND, "../evil.groovy", new byte[] {'1'}, "x", 0));
        Answers.of(shared.put(Mirror.KIND, "evil.sh", new byte[] {'1'}, "x", 0));
        Node a = new Node("a");
        settle(a);
        assertAllHave(Map.of(), a);
        assertFalse(Files.exists(a.base.resolve("evil.groovy")));
        assertEquals(2, entries().size());
    }
}
