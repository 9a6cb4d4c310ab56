package org.skein.net.internal.tls;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which files hold the certificate of a host. In this order: {@code tls-cert=HOST:/file}, {@code etc/certs/HOST.crt} (or
 * {@code .pem}) with {@code HOST.key}, {@code tls-cert=/file} for all the rest. Where the key has no setting of its own
 * it is {@code FILE.key} beside {@code FILE.crt} or {@code FILE.pem}, or else in the certificate's own file.
 */
final class CertificateSettings {
    /** A certificate and its key. */
    record PemPair(Path certificate, Path key) {}

    private static final String ALL = "";

    private final Path base;
    private final Map<String, Path> certificates;
    private final Map<String, Path> keys;

    CertificateSettings(Path base, String[] certificates, String[] keys) {
        this.base = base;
        this.certificates = byHost(base, certificates);
        this.keys = byHost(base, keys);
    }

    private static Map<String, Path> byHost(Path base, String[] values) {
        Map<String, Path> paths = new LinkedHashMap<>();
        for (String value : values) {
            String v = value.trim();
            if (v.isEmpty()) {
                continue;
            }
            int colon = v.indexOf(':');
            if (colon > 0 && v.indexOf('/') != 0) {
                paths.put(
                        v.substring(0, colon).trim(),
                        base.resolve(v.substring(colon + 1).trim()));
            } else {
                paths.put(ALL, base.resolve(v));
            }
        }
        return paths;
    }

    /** Hosts named in the settings. */
    Set<String> hosts() {
        return certificates.keySet();
    }

    /** The files of the certificate of one host; empty where a self-made one is to serve. */
    Optional<PemPair> of(String host) {
        Path own = certificates.get(host);
        if (own != null) {
            return Optional.of(new PemPair(own, key(host, own)));
        }
        if (host.indexOf('/') < 0) {
            Path folder = base.resolve("etc/certs");
            for (String ending : new String[] {".crt", ".pem"}) {
                Path file = folder.resolve(host + ending);
                if (Files.exists(file)) {
                    return Optional.of(new PemPair(file, beside(file)));
                }
            }
        }
        Path all = certificates.get(ALL);
        return all == null ? Optional.empty() : Optional.of(new PemPair(all, key(ALL, all)));
    }

    private Path key(String host, Path certificate) {
        Path key = keys.get(host);
        return key != null ? key : beside(certificate);
    }

    private static Path beside(Path certificate) {
        String name = certificate.getFileName().toString();
        int dot = name.lastIndexOf('.');
        Path key = certificate.resolveSibling((dot < 0 ? name : name.substring(0, dot)) + ".key");
        return Files.exists(key) ? key : certificate;
    }
}
