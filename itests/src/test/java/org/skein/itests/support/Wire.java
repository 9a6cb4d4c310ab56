package org.skein.itests.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/**
 * A connection to a node, in the clear or inside TLS whatever the certificate, that sends what it is told and no more.
 * How what comes is read is for the two kinds of client to say: {@link StanzaClient} reads elements, {@link RawClient}
 * bytes.
 *
 * @param <C> the kind
 */
public abstract class Wire<C extends Wire<C>> implements AutoCloseable {
    static final String SASL = "urn:ietf:params:xml:ns:xmpp-sasl";

    private Socket socket;
    private Process tunnel; // in place of a socket

    /** @param receiveBytes the kernel's buffer for this connection; 0 = as large as it likes */
    Wire(int port, int receiveBytes) throws IOException {
        socket = new Socket();
        if (receiveBytes > 0) {
            socket.setReceiveBufferSize(receiveBytes);
        }
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setTcpNoDelay(true);
        timeoutMs((int) Await.LONG.toMillis());
    }

    /** Through a program that has the connection. Reading from it waits as long as that lives. */
    Wire(Process tunnel) {
        this.tunnel = tunnel;
        Processes.guard(tunnel.toHandle());
    }

    abstract C self();

    InputStream in() throws IOException {
        return tunnel == null ? socket.getInputStream() : tunnel.getInputStream();
    }

    private OutputStream out() throws IOException {
        return tunnel == null ? socket.getOutputStream() : tunnel.getOutputStream();
    }

    void timeoutMs(int ms) throws IOException {
        socket.setSoTimeout(ms);
    }

    public C send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.UTF_8));
    }

    public C send(byte[] bytes) throws IOException {
        out().write(bytes);
        out().flush();
        return self();
    }

    /**
     * @param protocols empty for what the JDK offers by itself
     * @param alpn offered to the server; may be empty
     */
    void encrypt(List<String> protocols, String... alpn) throws IOException {
        SSLSocket tls =
                (SSLSocket) trustful().getSocketFactory().createSocket(socket, "localhost", socket.getPort(), true);
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName("localhost")));
        if (!protocols.isEmpty()) {
            parameters.setProtocols(protocols.toArray(String[]::new));
        }
        parameters.setApplicationProtocols(alpn);
        tls.setSSLParameters(parameters);
        tls.startHandshake();
        socket = tls;
    }

    private static SSLContext trustful() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new SmackSuite.TrustAny()}, new SecureRandom());
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public SSLSocket tlsSocket() {
        return (SSLSocket) socket;
    }

    /** The channel binding {@code tls-server-end-point}: the hash of the certificate this side sees (RFC 5929 §4.1). */
    public byte[] endPoint() throws IOException {
        try {
            byte[] certificate =
                    tlsSocket().getSession().getPeerCertificates()[0].getEncoded();
            return MessageDigest.getInstance("SHA-256").digest(certificate);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public C auth(String mechanism, byte[] data) throws IOException {
        return send("<auth xmlns='" + SASL + "' mechanism='" + mechanism + "'>"
                + Base64.getEncoder().encodeToString(data) + "</auth>");
    }

    public C auth(String mechanism, String data) throws IOException {
        return auth(mechanism, data.getBytes(StandardCharsets.UTF_8));
    }

    public C plain(String user, String password) throws IOException {
        return auth("PLAIN", "\0" + user + "\0" + password);
    }

    /** Waits for the server's next element, one of SASL's: challenge, success or failure. */
    abstract Xml awaitSasl() throws IOException;

    /** As if the cable were pulled, but noticed at once. */
    @Override
    public void close() throws IOException {
        if (tunnel == null) socket.close();
        else tunnel.destroyForcibly();
    }
}
