package org.skein.net.internal.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** Reads certificates and keys as operators have them: PEM, keys in PKCS#8, PKCS#1 or SEC1. */
final class PemFiles {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);

    private static final String[] ALGORITHMS = {"EC", "RSA", "RSASSA-PSS", "EdDSA"};

    private PemFiles() {}

    /** Puts keys of older formats into PKCS#8. */
    private static final class OldKeys {
        static byte[] rsa(byte[] der) throws IOException {
            AlgorithmIdentifier rsa = new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE);
            return new PrivateKeyInfo(rsa, RSAPrivateKey.getInstance(der)).getEncoded();
        }

        static byte[] ec(byte[] der) throws IOException {
            ECPrivateKey key = ECPrivateKey.getInstance(der);
            AlgorithmIdentifier curve =
                    new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, key.getParametersObject());
            return new PrivateKeyInfo(curve, key).getEncoded();
        }
    }

    /**
     * @throws GeneralSecurityException with a sentence for the operator, if the files hold no certificate with its key
     */
    static HostCertificate read(Path certificate, Path key) throws IOException, GeneralSecurityException {
        List<X509Certificate> chain = new ArrayList<>();
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        Matcher blocks = BLOCK.matcher(Files.readString(certificate, StandardCharsets.ISO_8859_1));
        while (blocks.find()) {
            if (blocks.group(1).endsWith("CERTIFICATE")) {
                chain.add((X509Certificate)
                        factory.generateCertificate(new ByteArrayInputStream(decode(blocks.group(2)))));
            }
        }
        if (chain.isEmpty()) {
            throw new GeneralSecurityException("no certificate in " + certificate);
        }
        PrivateKey privateKey = readKey(key);
        if (!matches(privateKey, chain.get(0))) {
            throw new GeneralSecurityException("the key in " + key + " is not the one of " + certificate);
        }
        return new HostCertificate(privateKey, chain);
    }

    private static PrivateKey readKey(Path file) throws IOException, GeneralSecurityException {
        Matcher blocks = BLOCK.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
        while (blocks.find()) {
            byte[] der = decode(blocks.group(2));
            switch (blocks.group(1)) {
                case "PRIVATE KEY":
                    return fromPkcs8(der);
                case "RSA PRIVATE KEY":
                    return fromPkcs8(OldKeys.rsa(der));
                case "EC PRIVATE KEY":
                    return fromPkcs8(OldKeys.ec(der));
                case "ENCRYPTED PRIVATE KEY":
                    throw new GeneralSecurityException(
                            "the key in " + file + " is encrypted; give it without password");
                default:
            }
        }
        throw new GeneralSecurityException("no private key in " + file);
    }

    private static PrivateKey fromPkcs8(byte[] der) throws GeneralSecurityException {
        PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(der);
        GeneralSecurityException last = null;
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (InvalidKeySpecException e) {
                last = e; // of another kind
            }
        }
        throw new GeneralSecurityException("a key of an unknown kind", last);
    }

    private static byte[] decode(String base64) {
        return Base64.getMimeDecoder().decode(base64);
    }

    private static boolean matches(PrivateKey key, X509Certificate certificate) throws GeneralSecurityException {
        String algorithm = switch (certificate.getPublicKey().getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            default -> "";
        };
        if (algorithm.isEmpty()) {
            return true; // rare kinds: the handshake will tell
        }
        byte[] sample = {1, 2, 3};
        Signature signer = Signature.getInstance(algorithm);
        try {
            signer.initSign(key);
        } catch (java.security.InvalidKeyException otherKind) {
            return false;
        }
        signer.update(sample);
        byte[] signature = signer.sign();
        Signature verifier = Signature.getInstance(algorithm);
        verifier.initVerify(certificate);
        verifier.update(sample);
        return verifier.verify(signature);
    }
}
