package org.skein.cli.doctor;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/**
 * One connection to the cluster port of a node, as far as its certificate. Nodes speak TLS 1.3 with certificates on both
 * sides, known by their fingerprints; this shows none, so it sees who is there and is then turned away. Tries the addresses
 * of the name one after the other, as nodes do.
 */
final class LinkDial implements Callable<Finding>, AutoCloseable {
    static final String WHAT = "link";
    private static final String TLS = "TLSv1.3";
    private static final int TIMEOUT_MS = 2000;
    private static final int MAX_PORT = 65535;
    private static final String OTHER =
            "Another process has that port there, or the name leads to another machine: look with bin/skein doctor there,"
                    + " and set --cluster-port or --cluster-hostname";

    private final NodeRow row;
    private volatile String step = "looking up its name";
    private volatile Socket socket;
    private volatile boolean closed;

    LinkDial(NodeRow row) {
        this.row = row;
    }

    @Override
    public Finding call() {
        if (row.host().isBlank() || row.port() < 1 || row.port() > MAX_PORT) {
            return fail(
                    "has no address one can dial: '" + row.host() + "', port " + row.port(),
                    "No node writes such a row: delete it from cluster_nodes");
        }
        InetAddress[] addresses;
        try {
            addresses = InetAddress.getAllByName(row.host());
        } catch (UnknownHostException e) {
            return fail(
                    "cannot be reached: its name '" + row.host() + "' cannot be resolved on this machine",
                    "Put it into DNS or /etc/hosts here, or set --cluster-hostname there to a name or address that all"
                            + " machines know");
        }
        Finding last = null;
        for (InetAddress address : addresses) {
            try (Socket connected = connect(address)) {
                return greet(connected, address);
            } catch (IOException e) {
                last = unreachable(address, e);
            }
        }
        return last;
    }

    private Socket connect(InetAddress address) throws IOException {
        step = "connecting to " + address.getHostAddress();
        Socket made = new Socket();
        socket = made;
        if (closed) throw new SocketTimeoutException();
        boolean done = false;
        try {
            made.connect(new InetSocketAddress(address, row.port()), TIMEOUT_MS);
            made.setSoTimeout(TIMEOUT_MS);
            done = true;
            return made;
        } finally {
            if (!done) made.close();
        }
    }

    private Finding greet(Socket connected, InetAddress address) {
        step = "its greeting at " + address.getHostAddress();
        Witness witness = new Witness();
        String why = "it shows no certificate";
        try {
            SSLContext context = SSLContext.getInstance(TLS);
            context.init(null, new TrustManager[] {witness}, null);
            // By address: an absurd name must not get into the greeting.
            try (SSLSocket tls = (SSLSocket)
                    context.getSocketFactory().createSocket(connected, address.getHostAddress(), row.port(), true)) {
                tls.setEnabledProtocols(new String[] {TLS});
                tls.startHandshake();
            }
        } catch (SocketTimeoutException e) {
            why = "it says nothing for " + TIMEOUT_MS / 1000 + " s";
        } catch (IOException e) { // also how we are turned away, after it has shown its certificate
            why = String.valueOf(e.getMessage());
        } catch (GeneralSecurityException e) {
            return odd(e);
        }
        if (witness.fingerprint().isEmpty()) {
            return fail(
                    "cannot be reached: what answers at " + row.address() + " is no cluster port (" + why + ")"
                            + home(address),
                    OTHER);
        }
        if (!row.fingerprints().contains(witness.fingerprint())) {
            return fail(
                    "cannot be reached: what answers at " + row.address() + " has the certificate "
                            + Fingerprint.shown(witness.fingerprint())
                            + " and not the one in cluster_nodes, so it is another" + home(address),
                    OTHER);
        }
        return new Finding(
                Finding.Level.OK,
                WHAT,
                row.name() + " answers at " + row.address() + " with the certificate it has in cluster_nodes",
                "");
    }

    private Finding unreachable(InetAddress address, IOException e) {
        if (isOwn(address)) {
            return fail(
                    "cannot be reached: nothing listens at " + row.address() + home(address),
                    "If it is on another machine, let its name lead there: look at /etc/hosts and DNS here, and at"
                            + " --cluster-hostname there. Else start it");
        }
        String at = row.address() + " (" + address.getHostAddress() + ")";
        if (e instanceof ConnectException && String.valueOf(e.getMessage()).contains("refused")) {
            return fail(
                    "cannot be reached: " + at + " refuses connections",
                    "Is it running? Is a firewall between, which must let the cluster-port through? Does its name lead to"
                            + " that machine? bin/skein doctor there says more");
        }
        String why = e instanceof SocketTimeoutException
                ? "does not answer within " + TIMEOUT_MS / 1000 + " s"
                : "does not answer: " + e.getMessage();
        return fail(
                "cannot be reached: " + at + " " + why,
                "Let the cluster-port through all firewalls between the nodes, both ways; look whether that is its address"
                        + " and whether the machine is up");
    }

    /** It took too long as a whole. */
    Finding late(long seconds) {
        return fail(
                "cannot be reached: no answer within " + seconds + " s (" + step + ")",
                "Look at the resolver of this machine, at firewalls between the nodes, and whether that machine is up");
    }

    Finding odd(Throwable e) {
        return fail("cannot be asked: " + e, "Look at its row in cluster_nodes");
    }

    private Finding fail(String seen, String advice) {
        return new Finding(Finding.Level.FAIL, WHAT, row.name() + " " + seen, advice);
    }

    private static String home(InetAddress address) {
        return isOwn(address) ? "; its name leads to this machine (" + address.getHostAddress() + ")" : "";
    }

    private static boolean isOwn(InetAddress address) {
        try {
            return address.isLoopbackAddress()
                    || address.isAnyLocalAddress()
                    || NetworkInterface.getByInetAddress(address) != null;
        } catch (IOException e) {
            return false; // nobody can tell
        }
    }

    /** Ends what is still under way. */
    @Override
    public void close() {
        closed = true;
        Socket open = socket;
        if (open == null) return;
        try {
            open.close();
        } catch (IOException e) {
            return; // then it is over as well
        }
    }
}
