package org.skein.net.internal.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.net.IDN;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The certificate the server makes for itself where the operator gave none; kept, so that clients may trust it once. */
final class SelfMade {
    private static final Logger log = LoggerFactory.getLogger(SelfMade.class);
    private static final Duration VALID = Duration.ofDays(3650);
    private static final Duration RENEW_BEFORE = Duration.ofDays(30);

    private final Path certificateFile;
    private final Path keyFile;
    private final Clock clock;

    SelfMade(Path folder, Clock clock) {
        this.certificateFile = folder.resolve("self-made.crt");
        this.keyFile = folder.resolve("self-made.key");
        this.clock = clock;
    }

    /** The kept one if it names exactly {@code hosts}, else a new one. */
    HostCertificate get(Set<String> hosts) throws IOException, GeneralSecurityException {
        Set<String> wanted = names(hosts);
        if (Files.exists(certificateFile) && Files.exists(keyFile)) {
            try {
                HostCertificate kept = PemFiles.read(certificateFile, keyFile);
                if (alternativeNames(kept.certificate()).equals(wanted) && !isEnding(kept.certificate())) {
                    return kept;
                }
            } catch (GeneralSecurityException | IllegalArgumentException | IOException e) {
                log.warn("what=self_made_certificate_unreadable file={}", certificateFile, e);
            }
        }
        return make(hosts, wanted);
    }

    private boolean isEnding(X509Certificate certificate) {
        return certificate.getNotAfter().toInstant().isBefore(clock.instant().plus(RENEW_BEFORE));
    }

    private HostCertificate make(Set<String> hosts, Set<String> names) throws IOException, GeneralSecurityException {
        SecureRandom random = new SecureRandom();
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"), random);
        KeyPair pair = generator.generateKeyPair();
        byte[] certificate = certificate(pair, names, random);
        Files.createDirectories(certificateFile.getParent());
        write(keyFile, "PRIVATE KEY", pair.getPrivate().getEncoded(), "rw-------");
        write(certificateFile, "CERTIFICATE", certificate, "rw-r--r--");
        log.info("what=self_made_certificate hosts={} file={}", hosts, certificateFile);
        return PemFiles.read(certificateFile, keyFile);
    }

    private byte[] certificate(KeyPair pair, Set<String> names, SecureRandom random)
            throws IOException, GeneralSecurityException {
        AlgorithmIdentifier algorithm = new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);
        X500Name name = new X500Name("CN=Skein self-made certificate");
        Instant now = clock.instant();
        V3TBSCertificateGenerator tbs = new V3TBSCertificateGenerator();
        tbs.setSerialNumber(new ASN1Integer(new BigInteger(127, random).add(BigInteger.ONE)));
        tbs.setSignature(algorithm);
        tbs.setIssuer(name);
        tbs.setSubject(name);
        tbs.setStartDate(new Time(Date.from(now.minus(Duration.ofDays(1))))); // clocks of clients differ
        tbs.setEndDate(new Time(Date.from(now.plus(VALID))));
        tbs.setSubjectPublicKeyInfo(
                SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded()));
        ExtensionsGenerator extensions = new ExtensionsGenerator();
        extensions.addExtension(Extension.subjectAlternativeName, false, alternatives(names));
        extensions.addExtension(Extension.basicConstraints, true, new BasicConstraints(true)); // so it can be trusted
        tbs.setExtensions(extensions.generate());
        TBSCertificate body = tbs.generateTBSCertificate();
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(pair.getPrivate(), random);
        signature.update(body.getEncoded("DER"));
        ASN1EncodableVector whole = new ASN1EncodableVector();
        whole.add(body);
        whole.add(algorithm);
        whole.add(new DERBitString(signature.sign()));
        return new DERSequence(whole).getEncoded("DER");
    }

    private static GeneralNames alternatives(Set<String> names) {
        return new GeneralNames(names.stream()
                .map(n -> new GeneralName(isIpAddress(n) ? GeneralName.iPAddress : GeneralName.dNSName, n))
                .toArray(GeneralName[]::new));
    }

    /** Each host, and all names below it (components live there). */
    private static Set<String> names(Set<String> hosts) {
        Set<String> names = new TreeSet<>();
        for (String host : hosts) {
            if (isIpAddress(host)) {
                names.add(host);
                continue;
            }
            String ascii = IDN.toASCII(host, IDN.ALLOW_UNASSIGNED);
            names.add(ascii);
            names.add("*." + ascii);
        }
        return names;
    }

    private static boolean isIpAddress(String host) {
        return host.indexOf(':') >= 0 || host.matches("[0-9.]+");
    }

    private static Set<String> alternativeNames(X509Certificate certificate) throws GeneralSecurityException {
        Collection<List<?>> names = certificate.getSubjectAlternativeNames();
        return names == null
                ? Set.of()
                : names.stream().map(n -> String.valueOf(n.get(1))).collect(Collectors.toCollection(TreeSet::new));
    }

    private static void write(Path file, String type, byte[] der, String mode) throws IOException {
        String text = "-----BEGIN " + type + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + type + "-----\n";
        Path temporary = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(temporary);
        Files.createFile(temporary, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode)));
        Files.writeString(temporary, text);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
