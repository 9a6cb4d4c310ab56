package org.skein.storage.jdbc.internal;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/**
 * Which database, and how it is used.
 *
 * @param uri empty for the file under {@code base}
 * @param poolSize connections and threads; 0 = as the kind of database needs
 * @param timeout after which a call fails
 * @param queue calls that may wait for a thread
 * @param clusterTimeout after which a statement on a connection of the {@code DataSource} service fails
 * @param syncWrites true if a commit on H2 also survives a power failure
 */
record Settings(
        Kind kind,
        String uri,
        int poolSize,
        Duration timeout,
        Duration clusterTimeout,
        int queue,
        boolean syncWrites,
        Path base) {
    /** MariaDB speaks MySQL's protocol and is used through the same driver. */
    enum Kind {
        H2,
        MYSQL
    }

    static Kind kind(String name) {
        return switch (name.trim().toLowerCase(Locale.ROOT)) {
            case "", "h2" -> Kind.H2;
            case "mysql", "mariadb" -> Kind.MYSQL;
            default -> throw new IllegalArgumentException("user-db is h2, mysql or mariadb, not " + name);
        };
    }

    Settings {
        if (poolSize == 0) poolSize = kind == Kind.H2 ? 4 : 10;
        if (poolSize < 2) throw new IllegalArgumentException("user-db-pool-size out of range (2 or more): " + poolSize);
        if (queue == 0) queue = Integer.MAX_VALUE;
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("user-db-timeout out of range (1 or more): " + timeout);
        }
        if (clusterTimeout.isNegative() || clusterTimeout.isZero()) {
            throw new IllegalArgumentException("user-db-cluster-timeout out of range (1 or more): " + clusterTimeout);
        }
        uri = uri.trim();
        String prefix = uri.startsWith("jdbc:h2:") ? "h2" : uri.startsWith("jdbc:mysql:") ? "mysql" : "";
        if (uri.startsWith("jdbc:mariadb:")) {
            prefix = "mysql";
            uri = "jdbc:mysql:" + uri.substring("jdbc:mariadb:".length());
        }
        if (!uri.isEmpty() && !prefix.equals(kind.name().toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("user-db-uri does not belong to user-db="
                    + kind.name().toLowerCase(Locale.ROOT) + ": " + withoutPassword(uri));
        }
        if (uri.isEmpty() && kind != Kind.H2) throw new IllegalArgumentException("user-db-uri is missing");
    }

    /** True if other processes may use it too: not for H2, but in server mode, which is for demonstrations. */
    boolean isShared() {
        String given = uri.toLowerCase(Locale.ROOT);
        return kind != Kind.H2
                || given.startsWith("jdbc:h2:tcp:")
                || given.startsWith("jdbc:h2:ssl:")
                || given.contains(";auto_server=true");
    }

    /** Whether only the way it is used differs. */
    boolean isSameDatabase(Settings other) {
        return kind == other.kind && uri.equals(other.uri) && base.equals(other.base);
    }

    /** The address for people to read: no parameters, for a password is among them. */
    String address() {
        return uri.isEmpty() ? base.resolve("data/db").toString() : withoutPassword(uri);
    }

    private static String withoutPassword(String uri) {
        int end = uri.indexOf('?') < 0 ? uri.indexOf(';') : uri.indexOf('?');
        String address = end < 0 ? uri : uri.substring(0, end);
        // jdbc:mysql://user:password@host/db is allowed too
        return address.replaceFirst("//[^/]*@", "//");
    }
}
