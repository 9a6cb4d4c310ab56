package org.skein.testkit;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import jdk.security.jarsigner.JarSigner;

/** Signs jars with a key made for the purpose, and spoils them. Files are made beside the one given. */
public final class SignedJar {
    private static final char[] PASSWORD = "test-only".toCharArray();

    private SignedJar() {}

    /** @return the signed copy */
    public static Path of(Path jar) throws IOException, GeneralSecurityException, InterruptedException {
        Path signed = jar.resolveSibling("signed-" + jar.getFileName());
        KeyStore keys = keys(jar.resolveSibling("keys-" + jar.getFileName() + ".p12"));
        KeyStore.Entry key = keys.getEntry("k", new KeyStore.PasswordProtection(PASSWORD));
        try (ZipFile from = new ZipFile(jar.toFile());
                OutputStream to = Files.newOutputStream(signed)) {
            new JarSigner.Builder((KeyStore.PrivateKeyEntry) key).build().sign(from, to);
        }
        return signed;
    }

    private static KeyStore keys(Path file) throws IOException, GeneralSecurityException, InterruptedException {
        String tool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        String arguments = "-genkeypair -keyalg EC -alias k -dname CN=test -storepass " + new String(PASSWORD);
        List<String> line = new ArrayList<>(List.of(tool));
        line.addAll(List.of(arguments.split(" ")));
        line.addAll(List.of("-keystore", file.toString()));
        Process made = new ProcessBuilder(line).redirectErrorStream(true).start();
        String said = new String(made.getInputStream().readAllBytes(), Charset.defaultCharset());
        if (made.waitFor() != 0) throw new IOException(said);
        return KeyStore.getInstance(file.toFile(), PASSWORD);
    }

    /** @return a copy in which one file is not what it was when it was signed */
    public static Path spoilt(Path signed, String entry) throws IOException {
        Path spoilt = signed.resolveSibling("spoilt-" + signed.getFileName());
        try (ZipInputStream from = new ZipInputStream(Files.newInputStream(signed));
                ZipOutputStream to = new ZipOutputStream(Files.newOutputStream(spoilt))) {
            for (ZipEntry e = from.getNextEntry(); e != null; e = from.getNextEntry()) {
                to.putNextEntry(new ZipEntry(e.getName()));
                to.write(e.getName().equals(entry) ? new byte[] {'x'} : from.readAllBytes());
            }
        }
        return spoilt;
    }
}
