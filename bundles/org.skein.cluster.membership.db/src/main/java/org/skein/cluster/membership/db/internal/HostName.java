package org.skein.cluster.membership.db.internal;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether others can find this node by its name (DESIGN §6 "Joining"). Asks the resolver, so it blocks. */
final class HostName {
    private static final Logger LOG = LoggerFactory.getLogger(HostName.class);

    private HostName() {}

    /** Why a node of this name must not join, and what to set; empty if it may. */
    static Optional<String> whyNot(String host) {
        String name = host.strip().toLowerCase(Locale.ROOT);
        if (name.isEmpty()) return Optional.of(not("empty", host));
        if (name.equals("localhost")
                || name.endsWith(".localhost")
                || name.equals("::1")
                || name.equals("[::1]")
                || name.matches("127(\\.\\d+){0,3}")
                || name.startsWith("localhost.")) {
            return Optional.of(not("a name that means something else on every machine", host));
        }
        try {
            InetAddress address = InetAddress.getByName(name);
            if (address.isLoopbackAddress()) {
                LOG.warn(
                        "what=cluster_host_is_loopback host={} address={} effect=\"nodes on other machines cannot link\""
                                + " do=\"let the name resolve to an address others reach (see /etc/hosts), unless all nodes"
                                + " are on this machine\"",
                        host,
                        address.getHostAddress());
            }
            return Optional.empty();
        } catch (UnknownHostException unknown) {
            return Optional.of(not("a name that does not resolve here", host));
        }
    }

    private static String not(String what, String host) {
        return "the cluster host name is '" + host + "', " + what
                + ": set --cluster-hostname to a name the other nodes can resolve";
    }
}
