package org.skein.adhoc.internal.bundles;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skein.api.command.CommandException;
import org.skein.api.command.CommandException.Kind;
import org.skein.api.storage.SharedFiles;
import org.skein.testkit.SignedJar;

class BundleFileTest {
    @TempDir
    Path folder;

    private Path file(byte[] content) throws IOException {
        return Files.write(folder.resolve("my bundle.jar"), content);
    }

    private String refusal(String given, String sha256) {
        CommandException refused = assertThrows(CommandException.class, () -> BundleFile.read(given, sha256));
        assertEquals(Kind.BAD_INPUT, refused.kind());
        return refused.getMessage();
    }

    private String refusal(byte[] content) throws IOException {
        return refusal(file(content).toString(), "");
    }

    private static void assertSays(String said, String... parts) {
        for (String part : parts) assertTrue(said.contains(part), said);
    }

    @Test
    void aBundleIsReadByPathAndByUrl() throws IOException {
        byte[] jar = Jars.bundle("my.bundle;singleton:=true", "1.2.3.x").toBytes();
        Path file = file(jar);
        String sha256 = BundleFile.sha256(jar).toUpperCase(Locale.ROOT);
        for (String given : new String[] {
            file.toString(),
            "file:" + file,
            file.toUri().toString(),
            "file://" + file.toUri().getRawPath()
        }) {
            BundleFile read = BundleFile.read(given, sha256);
            assertEquals("my.bundle", read.name());
            assertEquals("1.2.3.x", read.version().toString());
            assertArrayEquals(jar, read.content());
        }
    }

    @Test
    void whatIsNoFileOfTheNodeIsNamed() throws IOException {
        assertSays(refusal("my.jar", ""), "my.jar is a relative path", "whole path");
        assertSays(refusal("file:../my.jar", ""), "relative path");
        assertSays(refusal("https://example.org/my.jar", ""), "is no file of the node");
        assertSays(refusal("file:///a%zz", ""), "no path");
        assertSays(refusal("/a\0b", ""), "no path");
        assertSays(refusal(folder.resolve("none.jar").toString(), ""), "there is no ", "none.jar");
        assertSays(refusal(folder.toString(), ""), "is no file");
        assertSays(refusal("/dev/zero", ""), "is no file");
    }

    @Test
    void aFileThatIsTooLargeIsNotEvenRead() throws IOException {
        Path file = folder.resolve("large.jar");
        try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
            large.setLength(SharedFiles.MAX_BYTES + 1L);
        }
        assertSays(refusal(file.toString(), ""), "larger than 33554432 bytes");
    }

    @Test
    void anotherChecksumIsToldWithTheOneItHas() throws IOException {
        byte[] jar = Jars.bundle("my.bundle", "1").toBytes();
        assertSays(refusal(file(jar).toString(), "0".repeat(64)), "field sha256", BundleFile.sha256(jar));
    }

    @Test
    void whatIsNoBundleIsRefusedWithTheReason() throws IOException {
        assertSays(refusal(new byte[] {1, 2, 3}), "no jar, or damaged");
        assertSays(refusal(new byte[0]), "no jar, or damaged");
        assertSays(refusal(new Jars().header("Bundle-Version", "1").toBytes()), "no Bundle-SymbolicName");
        assertSays(refusal(Jars.bundle("../../etc/passwd", "1").toBytes()), "no usable name");
        assertSays(refusal(Jars.bundle("a".repeat(201), "1").toBytes()), "no usable name");
        assertSays(refusal(Jars.bundle("my.bundle", "one").toBytes()), "version one");
        assertSays(refusal(Jars.bundle("org.skein.session", "9").toBytes()), "org.skein.session", "server's own");
        assertSays(
                refusal(Jars.bundle("my.bundle", "1")
                        .header("Fragment-Host", "other")
                        .toBytes()),
                "fragment");
    }

    @Test
    void aDamagedJarIsRefused() throws IOException {
        byte[] jar = Jars.bundle("my.bundle", "1")
                .file("a.txt", "a".repeat(5000) + "b")
                .toBytes();
        assertSays(refusal(Arrays.copyOf(jar, jar.length - 30)), "damaged");
        byte[] changed = jar.clone();
        int data = new String(jar, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("a.txt") + 8;
        changed[data] ^= 0x55;
        assertSays(refusal(changed), "damaged");
    }

    @Test
    void aJarThatUnpacksToFarTooMuchIsRefused() throws IOException {
        byte[] jar = Jars.bundle("my.bundle", "1")
                .file("a", new byte[60_000])
                .file("b", new byte[60_000])
                .toBytes();
        String given = file(jar).toString();
        BundleFile.read(given, "", 130_000);
        assertSays(
                assertThrows(CommandException.class, () -> BundleFile.read(given, "", 100_000))
                        .getMessage(),
                "unpacks to more than 100000 bytes");
    }

    @Test
    void whatIsNotAsItWasSignedIsRefused() throws Exception {
        Path signed = SignedJar.of(
                file(Jars.bundle("my.bundle", "1").file("a.txt", "as signed").toBytes()));
        assertEquals("my.bundle", BundleFile.read(signed.toString(), "").name());
        Path changed = SignedJar.spoilt(signed, "a.txt");
        assertSays(refusal(changed.toString(), ""), "signature", "does not match", "a.txt");
    }
}
