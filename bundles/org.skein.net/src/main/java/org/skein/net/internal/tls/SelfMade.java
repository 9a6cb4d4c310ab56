package org.skein.net.internal.tls;

import java.io.IOException;
import java.net.IDN;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
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
        ExtensionsGenerator extensions = new ExtensionsGenerator();
        extensions.addExtension(Extension.subjectAlternativeName, false, alternatives(names));
        extensions.addExtension(Extension.basicConstraints, true, new BasicConstraints(true)); // so it can be trusted
        HostCertificate made = SelfSigned.make(
                certificateFile, keyFile, "Skein self-made certificate", extensions.generate(), clock.instant(), VALID);
        log.info("what=self_made_certificate hosts={} file={}", hosts, certificateFile);
        return made;
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
}
