package org.skein.net.internal.tls;

import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.security.spec.PSSParameterSpec;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The channel binding {@code tls-server-end-point}: a hash of the server's certificate (RFC 5929 §4.1). */
final class EndPointBinding {
    private static final Logger log = LoggerFactory.getLogger(EndPointBinding.class);

    private EndPointBinding() {}

    /** Empty where the signature has no single hash (Ed25519), for which the binding is undefined. */
    static Optional<byte[]> of(X509Certificate certificate) {
        try {
            Optional<String> hash = signatureHash(certificate);
            if (hash.isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(MessageDigest.getInstance(hash.get()).digest(certificate.getEncoded()));
        } catch (GeneralSecurityException | java.io.IOException e) {
            log.warn("what=no_end_point_binding signature={}", certificate.getSigAlgName(), e);
            return Optional.empty();
        }
    }

    private static Optional<String> signatureHash(X509Certificate certificate)
            throws GeneralSecurityException, java.io.IOException {
        String name = certificate.getSigAlgName().toUpperCase(Locale.ROOT);
        if (name.equals("RSASSA-PSS")) {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
            parameters.init(certificate.getSigAlgParams());
            name = parameters.getParameterSpec(PSSParameterSpec.class).getDigestAlgorithm() + "WITHRSA";
        }
        int with = name.indexOf("WITH");
        if (with < 0) {
            return Optional.empty();
        }
        String hash = name.substring(0, with).replace("-", "");
        return Optional.of(
                switch (hash) {
                    case "MD5", "SHA1", "SHA", "SHA256" -> "SHA-256"; // weak ones are replaced by SHA-256
                    case "SHA224", "SHA384", "SHA512" -> "SHA-" + hash.substring(3);
                    default -> hash;
                });
    }
}
