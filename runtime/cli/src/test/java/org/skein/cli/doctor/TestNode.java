package org.skein.cli.doctor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.GeneralSecurityException;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** Listens at a free port of loopback; what it does with those who connect is its kind. */
final class TestNode implements AutoCloseable {
    private interface Greeting {
        void greet(Socket socket) throws IOException;
    }

    private final ServerSocket listener;

    private TestNode(ServerSocket listener, Greeting greeting) {
        this.listener = listener;
        Thread thread = new Thread(() -> serve(greeting), "test-node");
        thread.setDaemon(true);
        thread.start();
    }

    private static ServerSocket open(ServerSocketFactory factory) {
        try {
            return factory.createServerSocket(0, 200, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As the cluster port of a node: TLS 1.3, and who shows no certificate is turned away. */
    static TestNode of(TestCertificate certificate) throws IOException, GeneralSecurityException {
        SSLServerSocket listener = (SSLServerSocket) open(certificate.context().getServerSocketFactory());
        listener.setEnabledProtocols(new String[] {"TLSv1.3"});
        listener.setNeedClientAuth(true);
        return new TestNode(listener, socket -> {
            try (SSLSocket tls = (SSLSocket) socket) {
                tls.startHandshake();
            }
        });
    }

    /** Says something that is no TLS. */
    static TestNode chatty() {
        return new TestNode(open(ServerSocketFactory.getDefault()), socket -> {
            try (socket) {
                socket.getOutputStream().write("220 mail.example.org ESMTP\r\n".getBytes("US-ASCII"));
                socket.getOutputStream().flush();
                while (socket.getInputStream().read() >= 0) {
                    // whatever it is
                }
            }
        });
    }

    /** Accepts and says nothing, ever. */
    static TestNode mute() {
        return new TestNode(open(ServerSocketFactory.getDefault()), socket -> {
            // left to the other side
        });
    }

    private void serve(Greeting greeting) {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                try {
                    greeting.greet(socket);
                } catch (IOException e) {
                    socket.close(); // turned away
                }
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    int port() {
        return listener.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
