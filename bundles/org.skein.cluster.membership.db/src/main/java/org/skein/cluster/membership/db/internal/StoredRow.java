package org.skein.cluster.membership.db.internal;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.membership.LocalNode.Figures;
import org.skein.cluster.api.transport.Peer;

/**
 * A row of {@code cluster_nodes} as it was read: whatever somebody wrote there.
 *
 * @param beat rises with each write
 * @param ageMs since the last write, by the database's clock; nonsense if somebody wrote nonsense
 * @param links incarnations this node hears, in base 36
 */
record StoredRow(
        String name,
        long incarnation,
        String host,
        int port,
        String clientAddress,
        String fingerprint,
        String nextFingerprint,
        int level,
        String version,
        String state,
        Set<String> links,
        long beat,
        long ageMs,
        Figures figures) {
    private static final Pattern FINGERPRINT = Pattern.compile("[0-9a-f]{64}");

    /** What is wrong with it; empty if a node may have written it. */
    Optional<String> nonsense() {
        if (name.isBlank()) return Optional.of("empty host name");
        if (incarnation <= 0) return Optional.of("incarnation " + incarnation);
        if (host.isBlank() || host.length() > 255 || host.chars().anyMatch(c -> c <= ' ' || c == 127)) {
            return Optional.of("host '" + host + "'");
        }
        if (port < 1 || port > 65_535) return Optional.of("port " + port);
        if (!FINGERPRINT.matcher(fingerprint).matches()) return Optional.of("fingerprint '" + fingerprint + "'");
        if (!nextFingerprint.isEmpty() && !FINGERPRINT.matcher(nextFingerprint).matches()) {
            return Optional.of("fingerprint '" + nextFingerprint + "'");
        }
        return Optional.empty();
    }

    NodeId id() {
        return new NodeId(name, incarnation);
    }

    Set<String> fingerprints() {
        Set<String> all = new LinkedHashSet<>();
        all.add(fingerprint);
        if (!nextFingerprint.isEmpty()) all.add(nextFingerprint);
        return all;
    }

    Peer peer() {
        return new Peer(id(), host, port, fingerprints());
    }

    boolean hears(NodeId other) {
        return links.contains(Long.toString(other.incarnation(), 36));
    }
}
