package org.skein.cli.doctor;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Under which name other nodes reach this one, and whether they can. */
final class NameCheck {
    private static final String WHAT = "own name";
    private static final String SET =
            "Set --cluster-hostname to a name or address of this machine that the others know";

    private NameCheck() {}

    static void run(Instance instance, Findings findings) {
        String configured = instance.setting("cluster-hostname").strip().toLowerCase(Locale.ROOT);
        String source = "--cluster-hostname=" + configured;
        String name = configured;
        if (configured.isEmpty()) {
            name = ofMachine();
            source = "the machine's name " + (name.isEmpty() ? "" : "'" + name + "'");
        }
        check(instance.isClustered(), name, source, findings);
    }

    /** As the node takes it; empty if the machine has none. */
    static String ownName(Instance instance) {
        String configured = instance.setting("cluster-hostname").strip().toLowerCase(Locale.ROOT);
        String name = configured.isEmpty() ? ofMachine() : configured;
        name = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        return name.startsWith("[") && name.endsWith("]") ? name.substring(1, name.length() - 1) : name;
    }

    private static String ofMachine() {
        try {
            return InetAddress.getLocalHost().getCanonicalHostName().toLowerCase(Locale.ROOT);
        } catch (UnknownHostException e) {
            return "";
        }
    }

    /** A node on its own needs no name, so nothing of this stops it. */
    private static void check(boolean isClustered, String name, String source, Findings findings) {
        if (name.isEmpty()) {
            bad(isClustered, source + "cannot be found out", findings);
        } else if (leadsHome(name)) {
            bad(isClustered, source + " leads every machine to itself", findings);
        } else {
            resolve(isClustered, name, source, findings);
        }
    }

    private static void resolve(boolean isClustered, String name, String source, Findings findings) {
        InetAddress[] addresses;
        try {
            addresses = InetAddress.getAllByName(name);
        } catch (UnknownHostException e) {
            bad(isClustered, source + " cannot be resolved", findings);
            return;
        }
        String seen = source + " is "
                + Arrays.stream(addresses).map(InetAddress::getHostAddress).collect(Collectors.joining(", "));
        if (Arrays.stream(addresses).anyMatch(a -> !a.isLoopbackAddress())) {
            findings.ok(WHAT, seen);
        } else if (isClustered) {
            findings.warn(
                    WHAT,
                    seen + " here, which no other machine reaches",
                    "Fine for nodes on one machine; else take it out of /etc/hosts, or set --cluster-hostname");
        } else {
            findings.ok(WHAT, seen + " (alone that does no harm; a cluster needs --cluster-hostname)");
        }
    }

    private static void bad(boolean isClustered, String seen, Findings findings) {
        if (isClustered) {
            findings.fail(WHAT, seen, SET);
        } else {
            findings.ok(WHAT, seen + " (alone that does no harm; a cluster needs --cluster-hostname)");
        }
    }

    static boolean leadsHome(String name) {
        return name.equals("localhost")
                || name.startsWith("localhost.")
                || name.endsWith(".localhost")
                || name.matches("127(\\.[0-9]+){1,3}|0+(\\.0+){0,3}|(0*:)*:?0*1?");
    }
}
