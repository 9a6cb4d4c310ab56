package org.skein.cli.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;

/**
 * The certificate this node made for itself and shows other nodes: {@code data/cluster/node.crt} and its key. They know
 * it by the fingerprint in this node's row; the node renews it in good time, so one that ends means that it could not.
 */
final class LinkCertificateCheck {
    private static final String WHAT = "cluster cert";
    private static final String FILE = "data/cluster/node";

    private LinkCertificateCheck() {}

    static void run(Instance instance, ClusterTables tables, Findings findings) {
        Path file = instance.base().resolve(FILE + ".crt");
        Path key = instance.base().resolve(FILE + ".key");
        if (!instance.isClustered()) {
            return; // where it once was a member the files stay, and nobody looks at them
        }
        if (Files.exists(file)) {
            check(instance, tables, file, key, findings);
        } else {
            missing(instance, file, tables.own(instance), findings);
        }
    }

    private static void missing(Instance instance, Path file, Optional<NodeRow> row, Findings findings) {
        if (instance.isRunning() && row.isPresent()) {
            findings.fail(
                    WHAT,
                    file + " is gone while the node runs as " + row.get().name(),
                    "Restart the node: it makes another, and the others learn of it");
        } else {
            findings.ok(WHAT, file + " is not there yet; the node makes it when it first joins");
        }
    }

    private static void check(Instance instance, ClusterTables tables, Path file, Path key, Findings findings) {
        X509Certificate certificate;
        try (InputStream in = Files.newInputStream(file)) {
            certificate =
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
            if (certificate == null) throw new CertificateException("no certificate in it");
        } catch (IOException | CertificateException e) {
            unreadable(file, ": " + e.getMessage(), findings);
            return;
        }
        Instant now = Instant.now();
        Instant end = certificate.getNotAfter().toInstant();
        String seen = file + ", until " + LocalDate.ofInstant(end, ZoneOffset.UTC);
        if (!Files.isReadable(key)) {
            unreadable(key, "", findings);
        } else if (certificate.getNotBefore().toInstant().isAfter(now)) {
            findings.warn(WHAT, seen + ", but not valid yet", "Look at the clock of this machine");
        } else if (end.isBefore(now)) {
            findings.warn(
                    WHAT,
                    seen + ", which is over",
                    "A node that runs makes the next one by itself, 60 days before: start it, or look for"
                            + " cluster_certificate_not_renewed in log/skein.log");
        } else if (instance.isRunning()) {
            compare(Fingerprint.of(certificate), seen, tables.own(instance), findings);
        } else {
            findings.ok(WHAT, seen);
        }
    }

    private static void unreadable(Path file, String why, Findings findings) {
        findings.fail(
                WHAT,
                file + " cannot be read" + why,
                "Run this as the user of the node. If that cannot read it either, delete " + FILE
                        + ".crt and .key and restart the node: it makes others");
    }

    private static void compare(String fingerprint, String seen, Optional<NodeRow> row, Findings findings) {
        if (row.isEmpty()) {
            findings.warn(
                    WHAT,
                    seen + "; this node has no row in cluster_nodes, though it runs",
                    "It has not joined, or was drained (cluster:join brings it back); log/skein.log says which");
        } else if (row.get().fingerprints().contains(fingerprint)) {
            findings.ok(WHAT, seen + ", the one in the row of " + row.get().name());
        } else {
            findings.fail(
                    WHAT,
                    seen + ", is " + Fingerprint.shown(fingerprint) + ", but the row of "
                            + row.get().name() + " has another",
                    "Does another node run with this --cluster-hostname? Give each its own. Or was " + FILE
                            + ".crt replaced? Restart the node");
        }
    }
}
