package org.skein.itests.support;

import java.net.InetAddress;
import org.jivesoftware.smack.ConnectionConfiguration.SecurityMode;
import org.jivesoftware.smack.tcp.XMPPTCPConnection;
import org.jivesoftware.smack.tcp.XMPPTCPConnectionConfiguration;

/** Connections of a real client library to a node, over TLS whatever its certificate. */
public final class Clients {
    private Clients() {}

    /** Connects and logs in to {@code localhost}; the caller disconnects. */
    public static XMPPTCPConnection logIn(ServerProcess server, String user, String password, String resource)
            throws Exception {
        XMPPTCPConnection connection = new XMPPTCPConnection(configuration(server)
                .setUsernameAndPassword(user, password)
                .setResource(resource)
                .build());
        connection.connect();
        connection.login();
        return connection;
    }

    /** What all have in common; the caller adds who logs in. */
    public static XMPPTCPConnectionConfiguration.Builder configuration(ServerProcess server) throws Exception {
        return configuration().setHostAddress(InetAddress.getLoopbackAddress()).setPort(server.port("c2s"));
    }

    /** The same for a client that looks for the server by itself. */
    public static XMPPTCPConnectionConfiguration.Builder configuration() throws Exception {
        return XMPPTCPConnectionConfiguration.builder()
                .setXmppDomain("localhost")
                .setSecurityMode(SecurityMode.required)
                .setCustomX509TrustManager(new SmackSuite.TrustAny())
                .setHostnameVerifier((host, session) -> true);
    }
}
