package org.skein.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A certificate signed with its own key, made by the JDK's keytool. */
final class TestCertificate {
    private static final String PASSWORD = "secret";

    private final Path store;

    private TestCertificate(Path store) {
        this.store = store;
    }

    static TestCertificate make(Path folder) throws IOException, InterruptedException {
        return make(folder, "node.skein.test", "-1d", 100);
    }

    /** @param start as keytool has it, such as {@code -1d} */
    static TestCertificate make(Path folder, String name, String start, int days)
            throws IOException, InterruptedException {
        TestCertificate made = new TestCertificate(
                Files.createTempDirectory(folder, "certificate").resolve("store"));
        made.keytool(
                "-genkeypair",
                "-keyalg",
                "EC",
                "-dname",
                "CN=x",
                "-ext",
                "san=dns:" + name,
                "-startdate",
                start,
                "-validity",
                Integer.toString(days));
        return made;
    }

    /** As PEM. */
    Path export(Path file) throws IOException, InterruptedException {
        Files.deleteIfExists(file);
        Files.createDirectories(file.getParent());
        keytool("-exportcert", "-rfc", "-file", file.toString());
        return file;
    }

    private KeyStore keys() throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        return keys;
    }

    String fingerprint() throws IOException, GeneralSecurityException {
        byte[] der = keys().getCertificate("a").getEncoded();
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(der));
    }

    /** For a server that shows it. */
    SSLContext context() throws IOException, GeneralSecurityException {
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys(), PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    private void keytool(String... more) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(more));
        command.addAll(List.of("-keystore", store.toString(), "-storepass", PASSWORD, "-alias", "a"));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
    }
}
