package org.skein.cluster.core.internal;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;

/**
 * The name others know this node by, and whether they can reach it: a name that leads every machine to itself is refused,
 * one that does so only here is warned about.
 *
 * @param name in lower case
 * @param refusal what was seen and what to change; empty if the name may be used
 * @param warning empty if all is well
 */
record HostName(String name, Optional<String> refusal, Optional<String> warning) {
    private static final String HOW =
            "Set --cluster-hostname=NAME in etc/init.properties to a name (or address) under which the other nodes reach this machine";

    /** Asks the system; may block for the time of a look-up. */
    interface Resolver {
        InetAddress[] resolve(String name) throws UnknownHostException;

        /** The machine's full name. */
        String ownName() throws UnknownHostException;

        Resolver SYSTEM = new Resolver() {
            @Override
            public InetAddress[] resolve(String name) throws UnknownHostException {
                return InetAddress.getAllByName(name);
            }

            @Override
            public String ownName() throws UnknownHostException {
                return InetAddress.getLocalHost().getCanonicalHostName();
            }
        };
    }

    static HostName of(String configured, Resolver resolver) {
        String name = configured.strip().toLowerCase(Locale.ROOT);
        String source = "--cluster-hostname=" + name;
        if (name.isEmpty()) {
            try {
                name = resolver.ownName().strip().toLowerCase(Locale.ROOT);
            } catch (UnknownHostException e) {
                return refused(name, "the machine's own name cannot be found out (" + e.getMessage() + ")");
            }
            source = "the machine's own name '" + name + "'";
        }
        if (name.isEmpty()) return refused(name, "the machine has no name of its own");
        if (name.endsWith(".")) name = name.substring(0, name.length() - 1);
        if (name.startsWith("[") && name.endsWith("]")) name = name.substring(1, name.length() - 1);
        if (!name.matches("[a-z0-9._:%-]{1,255}")) {
            return refused(name, source + " is no host name");
        }
        if (leadsEverybodyHome(name)) {
            return refused(name, source + " leads every machine to itself");
        }
        InetAddress[] addresses;
        try {
            addresses = resolver.resolve(name);
        } catch (UnknownHostException e) {
            return refused(name, source + " cannot be resolved");
        }
        for (InetAddress address : addresses) {
            if (address.isAnyLocalAddress()) return refused(name, source + " is no address of one machine");
        }
        for (InetAddress address : addresses) {
            if (!address.isLoopbackAddress()) return new HostName(name, Optional.empty(), Optional.empty());
        }
        return new HostName(
                name,
                Optional.empty(),
                Optional.of(
                        source + " resolves to " + addresses[0].getHostAddress()
                                + " here: nodes on other machines reach this one only if it resolves to another address there"));
    }

    private static boolean leadsEverybodyHome(String name) {
        return name.equals("localhost")
                || name.startsWith("localhost.")
                || name.endsWith(".localhost")
                || name.startsWith("ip6-localhost")
                || name.matches("127(\\.[0-9]+){1,3}")
                || name.matches("0+(\\.0+){0,3}")
                || name.matches("(0*:)*:?0*1?");
    }

    private static HostName refused(String name, String why) {
        return new HostName(name, Optional.of(why + ". " + HOW), Optional.empty());
    }
}
