package org.skein.net.internal.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** Makes certificates that are signed with their own key (EC, P-256), and keeps them in PEM files. */
final class SelfSigned {
    private static final int SERIAL_BITS = 127;

    private SelfSigned() {}

    /** @param subject common name */
    static HostCertificate make(
            Path certificateFile, Path keyFile, String subject, Extensions extensions, Instant now, Duration valid)
            throws IOException, GeneralSecurityException {
        SecureRandom random = new SecureRandom();
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"), random);
        KeyPair pair = generator.generateKeyPair();
        byte[] certificate = certificate(pair, subject, extensions, now, valid, random);
        Files.createDirectories(certificateFile.getParent());
        write(keyFile, "PRIVATE KEY", pair.getPrivate().getEncoded(), "rw-------");
        write(certificateFile, "CERTIFICATE", certificate, "rw-r--r--");
        return PemFiles.read(certificateFile, keyFile);
    }

    private static byte[] certificate(
            KeyPair pair, String subject, Extensions extensions, Instant now, Duration valid, SecureRandom random)
            throws IOException, GeneralSecurityException {
        AlgorithmIdentifier algorithm = new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);
        X500Name name = new X500Name("CN=" + subject);
        V3TBSCertificateGenerator tbs = new V3TBSCertificateGenerator();
        tbs.setSerialNumber(new ASN1Integer(new BigInteger(SERIAL_BITS, random).add(BigInteger.ONE)));
        tbs.setSignature(algorithm);
        tbs.setIssuer(name);
        tbs.setSubject(name);
        tbs.setStartDate(new Time(Date.from(now.minus(Duration.ofDays(1))))); // clocks of others differ
        tbs.setEndDate(new Time(Date.from(now.plus(valid))));
        tbs.setSubjectPublicKeyInfo(
                SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded()));
        tbs.setExtensions(extensions);
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
