package org.skein.net.internal.tls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificatesTest {
    private static final Clock CLOCK = Clock.systemUTC();

    @TempDir
    Path base;

    private Certificates certificates(String[] certs, String[] keys) {
        return new Certificates(
                new CertificateSettings(base, certs, keys), new SelfMade(base.resolve("data/tls"), CLOCK));
    }

    private static Set<String> hosts(String... hosts) {
        return new LinkedHashSet<>(List.of(hosts));
    }

    private Path folder(String name) throws IOException {
        return Files.createDirectories(base.resolve(name));
    }

    /** Makes a certificate in files of its own and answers the certificate's. */
    private Path make(String folder, String host) throws IOException, GeneralSecurityException {
        new SelfMade(folder(folder), CLOCK).get(Set.of(host));
        return base.resolve(folder).resolve("self-made.crt");
    }

    @Test
    void theSelfMadeOneNamesAllHostsAndWhatIsBelowThem() throws Exception {
        Certificates certificates = certificates(new String[0], new String[0]);
        assertTrue(certificates.refresh(hosts("a.example", "b\u00fccher.example", "127.0.0.1")));
        X509Certificate made = certificates.current().of("a.example").certificate();
        Collection<List<?>> names = made.getSubjectAlternativeNames();
        assertTrue(names.contains(List.of(2, "a.example")), names.toString());
        assertTrue(names.contains(List.of(2, "*.a.example")), names.toString());
        assertTrue(names.contains(List.of(2, "xn--bcher-kva.example")), names.toString());
        assertTrue(names.contains(List.of(7, "127.0.0.1")), names.toString());
        made.verify(made.getPublicKey());
        made.checkValidity();
    }

    @Test
    void theSelfMadeOneIsKeptAndItsKeyIsTheOwnersOnly() throws Exception {
        Certificates first = certificates(new String[0], new String[0]);
        first.refresh(hosts("a.example"));
        Certificates second = certificates(new String[0], new String[0]);
        second.refresh(hosts("a.example"));
        assertEquals(
                first.current().of("a.example").certificate(),
                second.current().of("a.example").certificate());
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(base.resolve("data/tls/self-made.key"))));
    }

    @Test
    void theSelfMadeOneIsMadeAnewWhenTheHostsChange() throws Exception {
        Certificates certificates = certificates(new String[0], new String[0]);
        certificates.refresh(hosts("a.example"));
        X509Certificate before = certificates.current().of("a.example").certificate();
        assertFalse(certificates.refresh(hosts("a.example")));
        assertTrue(certificates.refresh(hosts("a.example", "b.example")));
        assertNotEquals(before, certificates.current().of("b.example").certificate());
    }

    @Test
    void theSelfMadeOneIsRenewedBeforeItEnds() throws Exception {
        Clock longAgo = Clock.fixed(Instant.now().minus(Duration.ofDays(3640)), ZoneOffset.UTC);
        HostCertificate old = new SelfMade(base, longAgo).get(Set.of("a.example"));
        assertNotEquals(
                old.certificate(),
                new SelfMade(base, CLOCK).get(Set.of("a.example")).certificate());
    }

    @Test
    void eachHostHasItsOwnAndOthersShareTheDefault() throws Exception {
        Path all = make("all", "all.example");
        Path own = make("own", "a.example");
        Files.copy(make("dropped", "b.example"), folder("etc/certs").resolve("b.example.crt"));
        Files.copy(base.resolve("dropped/self-made.key"), base.resolve("etc/certs/b.example.key"));
        Certificates certificates = certificates(new String[] {all.toString(), "a.example:" + own}, new String[0]);
        certificates.refresh(hosts("c.example", "a.example", "b.example"));
        assertTrue(names(certificates, "a.example").contains("a.example"));
        assertTrue(names(certificates, "b.example").contains("b.example"));
        assertTrue(names(certificates, "c.example").contains("all.example"));
        assertTrue(names(certificates, "unknown.example").contains("all.example"));
        assertFalse(Files.exists(base.resolve("data/tls")));
    }

    private static String names(Certificates certificates, String host) throws GeneralSecurityException {
        return certificates
                .current()
                .of(host)
                .certificate()
                .getSubjectAlternativeNames()
                .toString();
    }

    @Test
    void aChangedFileIsTakenAndABrokenOneIsNot() throws Exception {
        Path file = make("all", "a.example");
        Certificates certificates = certificates(new String[] {file.toString()}, new String[0]);
        certificates.refresh(hosts("a.example"));
        HostCertificate first = certificates.current().of("a.example");

        Files.writeString(file, "not a certificate");
        assertFalse(certificates.refresh(hosts("a.example")));
        assertSame(first, certificates.current().of("a.example"));
        assertTrue(certificates.trouble().contains(file.toString()), certificates.trouble());

        Path next = make("next", "a.example");
        Files.move(
                base.resolve("next/self-made.key"),
                base.resolve("all/self-made.key"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        Files.move(next, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(5)));
        assertTrue(certificates.refresh(hosts("a.example")));
        assertNotSame(first, certificates.current().of("a.example"));
        assertEquals("", certificates.trouble());
    }

    @Test
    void otherFilesServeOnceAllOfThemCanBeRead() throws Exception {
        Path file = make("all", "a.example");
        Certificates certificates = certificates(new String[] {file.toString()}, new String[0]);
        certificates.refresh(hosts("a.example"));
        HostCertificate first = certificates.current().of("a.example");

        Path other = base.resolve("other/self-made.crt");
        certificates.use(new CertificateSettings(base, new String[] {other.toString()}, new String[0]));
        assertFalse(certificates.refresh(hosts("a.example")));
        assertSame(first, certificates.current().of("a.example"));
        assertTrue(certificates.trouble().contains(other.toString()), certificates.trouble());

        make("other", "a.example");
        assertTrue(certificates.refresh(hosts("a.example")));
        assertNotSame(first, certificates.current().of("a.example"));
        assertEquals("", certificates.trouble());
    }

    @Test
    void aKeyOfAnotherCertificateIsRefusedAndTheSelfMadeOneServes() throws Exception {
        Path cert = make("one", "a.example");
        make("two", "a.example");
        Certificates certificates = certificates(
                new String[] {cert.toString()},
                new String[] {base.resolve("two/self-made.key").toString()});
        certificates.refresh(hosts("a.example"));
        assertFalse(certificates.trouble().isEmpty());
        assertTrue(Files.exists(base.resolve("data/tls/self-made.crt")));
    }

    @Test // as made by "openssl ecparam -genkey" and "openssl genrsa -traditional"
    void keysOfOlderFormatsAreRead() throws Exception {
        Path crt = make("old", "a.example");
        HostCertificate made = PemFiles.read(crt, base.resolve("old/self-made.key"));
        byte[] pkcs8 = made.key().getEncoded();
        byte[] sec1 = org.bouncycastle.asn1.pkcs.PrivateKeyInfo.getInstance(pkcs8)
                .parsePrivateKey()
                .toASN1Primitive()
                .getEncoded();
        Path key = base.resolve("old/sec1.key");
        Files.writeString(key, pem("EC PRIVATE KEY", sec1));
        // SEC1 as written by OpenSSL names its curve; the JDK's inner form may not
        if (org.bouncycastle.asn1.sec.ECPrivateKey.getInstance(sec1).getParametersObject() != null) {
            assertArrayEquals(made.chain(), PemFiles.read(crt, key).chain());
        }
        Files.writeString(base.resolve("both.pem"), Files.readString(crt) + pem("PRIVATE KEY", pkcs8));
        assertArrayEquals(
                made.chain(),
                PemFiles.read(base.resolve("both.pem"), base.resolve("both.pem"))
                        .chain());
        KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
        rsa.initialize(2048);
        byte[] pkcs1 = org.bouncycastle.asn1.pkcs.PrivateKeyInfo.getInstance(
                        rsa.generateKeyPair().getPrivate().getEncoded())
                .parsePrivateKey()
                .toASN1Primitive()
                .getEncoded();
        Files.writeString(key, pem("RSA PRIVATE KEY", pkcs1));
        GeneralSecurityException refused = org.junit.jupiter.api.Assertions.assertThrows(
                GeneralSecurityException.class, () -> PemFiles.read(crt, key));
        assertTrue(refused.getMessage().contains("is not the one of"), refused.getMessage());
    }

    private static String pem(String type, byte[] der) {
        return "-----BEGIN " + type + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + type
                + "-----\n";
    }

    @Test // RFC 5929 §4.1
    void theEndPointBindingIsTheHashOfTheCertificate() throws Exception {
        HostCertificate made = new SelfMade(base, CLOCK).get(Set.of("a.example"));
        assertArrayEquals(
                MessageDigest.getInstance("SHA-256").digest(made.certificate().getEncoded()),
                made.endPoint().orElseThrow());
    }
}
