package org.skein.console.internal;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.skein.api.monitor.ListenerInfo;

/** Opens a stream as a client does (RFC 6120 §4.2) and wants to see its features. */
final class StreamProbe {
    private static final int MAX_BYTES = 64 * 1024;

    private StreamProbe() {}

    static void run(ListenerInfo listener, String domain, Duration limit) throws IOException {
        try {
            run(listener, domain, limit, "");
        } catch (UnansweredException | SSLException | SocketException e) {
            // Where this machine is a balancer too (proxy-protocol-from), it has to say that it speaks for itself.
            try {
                run(listener, domain, limit, "PROXY UNKNOWN\r\n");
            } catch (IOException again) {
                e.addSuppressed(again);
                throw e;
            }
        }
    }

    private static void run(ListenerInfo listener, String domain, Duration limit, String first) throws IOException {
        InetAddress address = listener.address().getAddress();
        InetSocketAddress target = address.isAnyLocalAddress()
                ? new InetSocketAddress(
                        InetAddress.getLoopbackAddress(), listener.address().getPort())
                : listener.address();
        try (Socket plain = new Socket()) {
            plain.connect(target, (int) limit.toMillis());
            plain.setSoTimeout((int) limit.toMillis());
            plain.getOutputStream().write(first.getBytes(StandardCharsets.US_ASCII));
            try (Socket socket = listener.name().endsWith("-tls") ? tls(plain) : plain) {
                String open = "<?xml version='1.0'?><stream:stream to='" + domain
                        + "' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";
                socket.getOutputStream().write(open.getBytes(StandardCharsets.UTF_8));
                expectFeatures(socket.getInputStream());
                socket.getOutputStream().write("</stream:stream>".getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private static void expectFeatures(InputStream in) throws IOException {
        StringBuilder seen = new StringBuilder();
        byte[] buffer = new byte[4096];
        while (seen.indexOf("</stream:features>") < 0 && seen.indexOf("<features") < 0) {
            int n = in.read(buffer);
            if (n < 0 && seen.isEmpty()) {
                throw new UnansweredException();
            }
            if (n < 0 || seen.length() > MAX_BYTES || seen.indexOf("<stream:error") >= 0) {
                throw new IOException("no features, but: " + seen);
            }
            seen.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
        }
    }

    /** Cut without a word. */
    private static final class UnansweredException extends IOException {
        private static final long serialVersionUID = 1L;

        private UnansweredException() {
            super("the connection was closed without an answer");
        }
    }

    /** The certificate is our own and may be self-made: whether it convinces others is not the question here. */
    private static Socket tls(Socket plain) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new TrustAll()}, null);
            return context.getSocketFactory()
                    .createSocket(plain, plain.getInetAddress().getHostAddress(), plain.getPort(), true);
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private static final class TrustAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {
            // not asked: we are the client
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {
            // see above
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
