package org.skein.c2s.internal;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** A client that sends what it is told and no more. Everything received is kept, and may be waited for. */
final class RawClient implements AutoCloseable {
    static final String HEADER = "<?xml version='1.0'?><stream:stream xmlns='jabber:client'"
            + " xmlns:stream='http://etherx.jabber.org/streams' to='localhost' version='1.0'>";
    private static final int PATIENCE_MS = 20_000;

    private final StringBuilder received = new StringBuilder();
    private Socket socket;
    private int seen;

    RawClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MS);
    }

    RawClient send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.UTF_8));
    }

    RawClient send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    /** Waits for {@code text} behind what was awaited before; answers all up to its end. */
    String await(String text) throws IOException {
        InputStream in = socket.getInputStream();
        byte[] buffer = new byte[8192];
        while (true) {
            int at = received.indexOf(text, seen);
            if (at >= 0) {
                String found = received.substring(seen, at + text.length());
                seen = at + text.length();
                return found;
            }
            int n;
            try {
                n = in.read(buffer);
            } catch (SocketTimeoutException e) {
                return fail("waited for " + text + " but got " + received.substring(seen), e);
            }
            if (n < 0) {
                return fail("waited for " + text + " but the stream ended after " + received.substring(seen));
            }
            received.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
        }
    }

    /** Reads to the end of the connection; answers what came behind what was awaited before. */
    String awaitEnd() throws IOException {
        InputStream in = socket.getInputStream();
        byte[] buffer = new byte[8192];
        try {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                received.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
            }
        } catch (SocketTimeoutException e) {
            return fail("waited for the end but got " + received.substring(seen), e);
        } catch (SocketException e) {
            received.append("[reset]");
        }
        String rest = received.substring(seen);
        seen = received.length();
        return rest;
    }

    /** Expects a stream error and the end. */
    void awaitError(String condition) throws IOException {
        String end = awaitEnd();
        assertTrue(
                end.contains("<stream:error><" + condition + " xmlns='urn:ietf:params:xml:ns:xmpp-streams'"),
                () -> "wanted " + condition + " but got " + end);
        assertTrue(end.endsWith("</stream:error></stream:stream>"), end);
    }

    RawClient open() throws IOException {
        send(HEADER).await("</stream:features>");
        return this;
    }

    RawClient startTls() throws IOException {
        send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
                .await("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
        return tls("localhost", List.of("TLSv1.3"), List.of());
    }

    RawClient tls(String host, List<String> protocols, List<String> alpn) throws IOException {
        SSLSocket tls = (SSLSocket) trustful().getSocketFactory().createSocket(socket, host, socket.getPort(), true);
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(host)));
        parameters.setProtocols(protocols.toArray(new String[0]));
        parameters.setApplicationProtocols(alpn.toArray(new String[0]));
        tls.setSSLParameters(parameters);
        tls.startHandshake();
        socket = tls;
        return this;
    }

    SSLSocket tlsSocket() {
        return (SSLSocket) socket;
    }

    Socket socket() {
        return socket;
    }

    RawClient login(String user) throws IOException {
        return plain(user, "secret").awaitSuccess();
    }

    RawClient plain(String user, String password) throws IOException {
        String data =
                Base64.getEncoder().encodeToString(("\0" + user + "\0" + password).getBytes(StandardCharsets.UTF_8));
        return send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>" + data + "</auth>");
    }

    private RawClient awaitSuccess() throws IOException {
        await("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
        return this;
    }

    /** All the way to a stream in the hands of the session manager. */
    RawClient established(String user) throws IOException {
        return open().startTls().open().login(user).open();
    }

    private static SSLContext trustful() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new TrustAll()}, new SecureRandom());
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class TrustAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    void hangUp() throws IOException {
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
