package org.skein.testkit.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.skein.api.storage.ConflictException;
import org.skein.api.storage.SharedFiles;
import org.skein.api.storage.SharedFiles.Entry;

/** Files all nodes are to have. */
public interface SharedFilesContract extends StorageContract {
    /** The same for the same seed. */
    private static byte[] bytes(int size, long seed) {
        byte[] content = new byte[size];
        new Random(seed).nextBytes(content);
        return content;
    }

    private static String sha256(byte[] content) throws NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    }

    @Test
    default void aFileComesBackAsItWasPut() throws NoSuchAlgorithmException {
        byte[] content = bytes(3_000_001, 1);
        Entry put = Answers.of(sharedFiles().put("back", "a.file", content, "admin@example.org \u00E4", 0));
        assertEquals(List.of(put), Answers.of(sharedFiles().list("back")));
        assertEquals("back", put.kind());
        assertEquals("a.file", put.name());
        assertEquals(sha256(content), put.sha256());
        assertEquals(content.length, put.size());
        assertEquals("admin@example.org \u00E4", put.changedBy());
        assertTrue(put.version() > 0);
        assertArrayEquals(content, Answers.of(sharedFiles().load(put)).orElseThrow());
        assertEquals(List.of(), Answers.of(sharedFiles().list("other")));
    }

    @Test
    default void theLargestFileIsKeptAndALargerOneRefused() throws NoSuchAlgorithmException {
        byte[] content = bytes(SharedFiles.MAX_BYTES, 2);
        Entry put = Answers.of(sharedFiles().put("large", "largest", content, "x", 0));
        byte[] back = Answers.of(sharedFiles().load(put)).orElseThrow();
        assertEquals(sha256(content), sha256(back));
        Answers.of(sharedFiles().remove("large", "largest", put.version()));
        byte[] more = new byte[SharedFiles.MAX_BYTES + 1];
        assertThrows(IllegalArgumentException.class, () -> sharedFiles().put("large", "larger", more, "x", 0));
        assertEquals(List.of(), Answers.of(sharedFiles().list("large")));
    }

    @Test
    default void namesAreAsLongAsTheyMayBeAndComparedExactly() {
        String kind = "k".repeat(SharedFiles.MAX_KIND);
        String longest = "\u4E2D".repeat(SharedFiles.MAX_NAME);
        for (String name : List.of("b", "a", "A", "a ", "\u00E4", longest)) {
            Answers.of(sharedFiles().put(kind, name, Answers.utf8("of " + name), "x", 0));
        }
        List<Entry> all = Answers.of(sharedFiles().list(kind));
        assertEquals(
                List.of("A", "a", "a ", "b", "\u00E4", longest),
                all.stream().map(Entry::name).toList());
        for (Entry entry : all) {
            byte[] content = Answers.of(sharedFiles().load(entry)).orElseThrow();
            assertArrayEquals(Answers.utf8("of " + entry.name()), content);
        }
        byte[] one = {1};
        SharedFiles files = sharedFiles();
        assertThrows(IllegalArgumentException.class, () -> files.put(kind + "k", "a", one, "x", 0));
        assertThrows(IllegalArgumentException.class, () -> files.put("", "a", one, "x", 0));
        assertThrows(IllegalArgumentException.class, () -> files.put(kind, longest + "a", one, "x", 0));
        assertThrows(IllegalArgumentException.class, () -> files.put(kind, "", one, "x", 0));
        assertThrows(IllegalArgumentException.class, () -> files.put(kind, "c", new byte[0], "x", 0));
    }

    @Test
    default void versionsGrowAndNeverRepeatForAName() {
        List<Long> versions = new ArrayList<>();
        long expected = 0;
        for (int i = 0; i < 6; i++) {
            Entry put = Answers.of(sharedFiles().put("grow", "n", bytes(10, i), "x", expected));
            versions.add(put.version());
            expected = put.version();
            if (i % 2 == 0) continue;
            Answers.of(sharedFiles().remove("grow", "n", expected));
            assertEquals(List.of(), Answers.of(sharedFiles().list("grow")));
            expected = 0;
        }
        assertEquals(versions.stream().sorted().distinct().toList(), versions);
    }

    @Test
    default void whatIsNoLongerThereIsNotLoaded() {
        Entry first = Answers.of(sharedFiles().put("gone", "n", bytes(600_000, 1), "x", 0));
        byte[] content = bytes(700_000, 2);
        Entry second = Answers.of(sharedFiles().put("gone", "n", content, "y", first.version()));
        assertEquals(Optional.empty(), Answers.of(sharedFiles().load(first)));
        assertArrayEquals(content, Answers.of(sharedFiles().load(second)).orElseThrow());
        Answers.of(sharedFiles().remove("gone", "n", second.version()));
        assertEquals(Optional.empty(), Answers.of(sharedFiles().load(second)));
    }

    @Test
    default void whoExpectsAnotherVersionChangesNothing() {
        SharedFiles files = sharedFiles();
        byte[] content = bytes(9, 1);
        assertThrows(ConflictException.class, () -> Answers.of(files.put("expect", "n", content, "x", 1)));
        assertThrows(ConflictException.class, () -> Answers.of(files.remove("expect", "n", 0)));
        assertThrows(ConflictException.class, () -> Answers.of(files.remove("expect", "n", 1)));
        Entry put = Answers.of(files.put("expect", "n", content, "x", 0));
        byte[] other = bytes(9, 2);
        long wrong = put.version() + 1;
        assertThrows(ConflictException.class, () -> Answers.of(files.put("expect", "n", other, "y", 0)));
        assertThrows(ConflictException.class, () -> Answers.of(files.put("expect", "n", other, "y", wrong)));
        assertThrows(ConflictException.class, () -> Answers.of(files.remove("expect", "n", 0)));
        assertThrows(ConflictException.class, () -> Answers.of(files.remove("expect", "n", wrong)));
        assertEquals(List.of(put), Answers.of(files.list("expect")));
        assertArrayEquals(content, Answers.of(files.load(put)).orElseThrow());
    }

    @Test
    default void ofManyThatPutAtOnceOneDoes() {
        for (int round = 0; round < 5; round++) {
            String name = "n" + round;
            List<CompletionStage<Entry>> puts = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                puts.add(sharedFiles().put("race", name, bytes(600_000, i), "admin " + i, 0));
            }
            List<Entry> done = new ArrayList<>();
            for (CompletionStage<Entry> put : puts) {
                try {
                    done.add(Answers.of(put));
                } catch (ConflictException anotherWasFaster) {
                    continue;
                }
            }
            assertEquals(1, done.size(), done.toString());
            int winner = Integer.parseInt(done.get(0).changedBy().substring("admin ".length()));
            assertArrayEquals(
                    bytes(600_000, winner),
                    Answers.of(sharedFiles().load(done.get(0))).orElseThrow());
        }
    }
}
