package org.skein.net.internal.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificates in use, kept in step with files and virtual hosts by {@link #refresh}. Refreshing belongs to one
 * thread; reading the {@link #current} set to any.
 */
final class Certificates {
    private static final Logger log = LoggerFactory.getLogger(Certificates.class);

    /** A certificate for each host, and the one for names nobody knows. */
    record CertificateSet(Map<String, HostCertificate> byHost, HostCertificate otherwise) {
        HostCertificate of(String host) {
            return byHost.getOrDefault(host, otherwise);
        }

        Set<HostCertificate> all() {
            Set<HostCertificate> all = new java.util.LinkedHashSet<>(byHost.values());
            all.add(otherwise);
            return all;
        }
    }

    private record Loaded(String stamp, HostCertificate certificate) {}

    private CertificateSettings settings;
    private CertificateSettings wanted;
    private final SelfMade selfMade;
    private final Map<CertificateSettings.PemPair, Loaded> loaded = new HashMap<>();
    private final Map<CertificateSettings.PemPair, String> refused = new HashMap<>();
    private Set<String> selfMadeHosts = Set.of();
    private HostCertificate selfMadeCertificate;
    private volatile CertificateSet current;
    private volatile String trouble = "";

    Certificates(CertificateSettings settings, SelfMade selfMade) {
        this.settings = settings;
        this.wanted = settings;
        this.selfMade = selfMade;
    }

    /** Other files, from the {@link #refresh} on that can read all of them; until then those before serve. */
    void use(CertificateSettings next) {
        wanted = next;
    }

    private void change(StringBuilder wrong) {
        if (wanted == settings) return;
        boolean readable = true;
        for (String host : wanted.hosts()) {
            Optional<CertificateSettings.PemPair> files = wanted.of(host);
            if (files.isPresent()) readable &= load(files.get(), wrong).isPresent();
        }
        if (readable) settings = wanted;
    }

    CertificateSet current() {
        return current;
    }

    /** What keeps configured files from being used; empty where all is well. */
    String trouble() {
        return trouble;
    }

    /**
     * Looks at files and hosts again.
     *
     * @param hosts the virtual hosts, the default one first
     * @return true if {@link #current} changed
     */
    boolean refresh(Set<String> hosts) throws IOException, GeneralSecurityException {
        StringBuilder wrong = new StringBuilder();
        change(wrong);
        Map<String, HostCertificate> byHost = new LinkedHashMap<>();
        Set<String> names = new java.util.LinkedHashSet<>(hosts);
        names.addAll(settings.hosts());
        names.remove("");
        for (String host : names) {
            Optional<HostCertificate> own = settings.of(host).flatMap(f -> load(f, wrong));
            own.ifPresent(c -> byHost.put(host, c));
        }
        for (String host : hosts) {
            if (!byHost.containsKey(host)) {
                byHost.put(host, selfMade(hosts));
            }
        }
        trouble = wrong.toString();
        HostCertificate otherwise = hosts.isEmpty()
                ? selfMade(Set.of("localhost"))
                : byHost.get(hosts.iterator().next());
        CertificateSet fresh = new CertificateSet(Map.copyOf(byHost), otherwise);
        if (current != null && current.byHost().equals(fresh.byHost()) && current.otherwise() == otherwise) {
            return false;
        }
        current = fresh;
        return true;
    }

    private HostCertificate selfMade(Set<String> hosts) throws IOException, GeneralSecurityException {
        Set<String> wanted = new TreeSet<>(hosts);
        if (selfMadeCertificate == null || !wanted.equals(selfMadeHosts)) {
            selfMadeCertificate = selfMade.get(wanted);
            selfMadeHosts = wanted;
        }
        return selfMadeCertificate;
    }

    /** The files' content, read again only when they changed; the last good one while they are broken. */
    private Optional<HostCertificate> load(CertificateSettings.PemPair files, StringBuilder wrong) {
        Loaded known = loaded.get(files);
        String stamp = stamp(files.certificate()) + " " + stamp(files.key());
        if (known != null && known.stamp().equals(stamp)) {
            return Optional.of(known.certificate());
        }
        if (!stamp.equals(refused.get(files))) {
            try {
                HostCertificate read = PemFiles.read(files.certificate(), files.key());
                loaded.put(files, new Loaded(stamp, read));
                refused.remove(files);
                log.info(
                        "what=certificate_loaded file={} subject={} until={}",
                        files.certificate(),
                        read.certificate().getSubjectX500Principal(),
                        read.certificate().getNotAfter().toInstant());
                return Optional.of(read);
            } catch (IOException | GeneralSecurityException | RuntimeException e) {
                refused.put(files, stamp);
                log.error(
                        "what=certificate_unusable file={} key={} reason=\"{}\" setting=tls-cert",
                        files.certificate(),
                        files.key(),
                        e.toString());
            }
        }
        wrong.append("cannot use ").append(files.certificate()).append("; ");
        return Optional.ofNullable(known).map(Loaded::certificate);
    }

    private static String stamp(Path file) {
        try {
            return Files.getLastModifiedTime(file) + "/" + Files.size(file);
        } catch (IOException e) {
            log.trace("what=no_file file={}", file, e);
            return "none";
        }
    }
}
