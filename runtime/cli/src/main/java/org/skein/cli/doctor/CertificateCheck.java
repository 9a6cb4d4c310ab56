package org.skein.cli.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The certificate clients of each host get: whether it can be read, names the host and is in time. */
final class CertificateCheck {
    private static final Duration SOON = Duration.ofDays(14);
    private static final int DNS_NAME = 2;

    private CertificateCheck() {}

    static void run(Instance instance, Findings findings) {
        for (String host : instance.list("virt-hosts")) {
            Optional<Path> file = file(instance, host);
            if (file.isEmpty()) {
                findings.warn(
                        "certificate",
                        host + " has a self-made one, which clients ask their users about",
                        "Put " + host + ".crt and .key into etc/certs/, or set --tls-cert and --tls-key");
            } else {
                check(instance, host, file.get(), findings);
            }
        }
    }

    /** In the order of the node: set for the host, lying in etc/certs, set for all. */
    private static Optional<Path> file(Instance instance, String host) {
        Optional<Path> own = set(instance, "tls-cert", host);
        if (own.isPresent()) {
            return own;
        }
        for (String ending : List.of(".crt", ".pem")) {
            Path file = instance.base().resolve("etc/certs").resolve(host + ending);
            if (Files.exists(file)) {
                return Optional.of(file);
            }
        }
        return set(instance, "tls-cert", "");
    }

    private static Optional<Path> set(Instance instance, String setting, String host) {
        for (String value : instance.list(setting)) {
            int colon = value.startsWith("/") ? -1 : value.indexOf(':');
            String of = colon > 0 ? value.substring(0, colon).strip() : "";
            if (of.equals(host)) {
                return Optional.of(
                        instance.base().resolve(value.substring(colon + 1).strip()));
            }
        }
        return Optional.empty();
    }

    private static Path key(Instance instance, String host, Path certificate) {
        Path beside =
                certificate.resolveSibling(certificate.getFileName().toString().replaceFirst("\\.[^.]*$", "") + ".key");
        return set(instance, "tls-key", host)
                .or(() -> set(instance, "tls-key", ""))
                .orElse(Files.exists(beside) ? beside : certificate);
    }

    private static void check(Instance instance, String host, Path file, Findings findings) {
        X509Certificate certificate;
        try (InputStream in = Files.newInputStream(file)) {
            certificate =
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        } catch (IOException | CertificateException e) {
            findings.fail("certificate", host + ": " + file + " cannot be read: " + e.getMessage(), "Mend that file");
            return;
        }
        Path key = key(instance, host, file);
        Instant end = certificate.getNotAfter().toInstant();
        String seen = host + ": " + file + ", until " + LocalDate.ofInstant(end, ZoneOffset.UTC);
        if (!Files.isReadable(key)) {
            findings.fail("certificate", seen + ", but its key " + key + " cannot be read", "Set --tls-key");
        } else if (end.isBefore(Instant.now())) {
            findings.fail("certificate", seen + ", which is over", "Put a new one in its place; no restart is needed");
        } else if (certificate.getNotBefore().toInstant().isAfter(Instant.now())) {
            findings.fail("certificate", seen + ", but not valid yet", "Look at the clock of this machine");
        } else if (!names(certificate, host)) {
            findings.fail("certificate", seen + ", does not name " + host, "Get one that does");
        } else if (end.isBefore(Instant.now().plus(SOON))) {
            findings.warn("certificate", seen, "Renew it; a new file is taken without a restart");
        } else {
            findings.ok("certificate", seen);
        }
    }

    /** RFC 6125 §6.4: by alternative names, with {@code *} for the first label. */
    static boolean names(X509Certificate certificate, String host) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            if (names == null) {
                return false;
            }
            String wanted = host.toLowerCase(Locale.ROOT);
            String below = "*" + wanted.substring(Math.max(0, wanted.indexOf('.')));
            return names.stream()
                    .filter(n -> n.get(0).equals(DNS_NAME))
                    .map(n -> n.get(1).toString().toLowerCase(Locale.ROOT))
                    .anyMatch(n -> n.equals(wanted) || wanted.contains(".") && n.equals(below));
        } catch (CertificateException e) {
            return false;
        }
    }
}
