package org.skein.itests.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** Dials a cluster port as a member would, or as nobody should; what is said is bytes of the test's own. */
final class ClusterDialler implements AutoCloseable {
    static final int HELLO = 1;
    static final int GOODBYE = 7;
    static final int REFUSED = 8;
    /** The connection beside the four lanes. */
    static final int CONTROL = 4;

    private static final int MAGIC = 0x534b434c;
    private static final int LONGEST = 17 << 20;
    private static final int PATIENCE_MS = 30_000;

    private final Socket socket;

    private ClusterDialler(Socket socket) {
        this.socket = socket;
    }

    /** A certificate of its own, with its key: {@code NAME.crt} and {@code NAME.key}. @return its fingerprint */
    static String makeCertificate(Path folder, String name, int days)
            throws IOException, InterruptedException, GeneralSecurityException {
        Files.createDirectories(folder);
        Process openssl = new ProcessBuilder(
                        ("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=test -days "
                                        + days + " -keyout " + folder.resolve(name + ".key") + " -out "
                                        + folder.resolve(name + ".crt"))
                                .split(" "))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!openssl.waitFor(PATIENCE_MS, TimeUnit.MILLISECONDS) || openssl.exitValue() != 0) {
            throw new IOException("openssl made no certificate");
        }
        return fingerprint(certificate(folder.resolve(name)));
    }

    private static Certificate certificate(Path identity) throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(Path.of(identity + ".crt"))) {
            return CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    private static String fingerprint(Certificate certificate) throws GeneralSecurityException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
    }

    /** Without TLS. */
    static ClusterDialler plain(int port) throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MS);
        socket.setSoTimeout(PATIENCE_MS);
        return new ClusterDialler(socket);
    }

    /** @param identity {@code FOLDER/NAME} of a certificate and its key; null to show none */
    static ClusterDialler tls(int port, Path identity, String protocol) throws IOException, GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(identity == null ? null : keys(identity), new TrustManager[] {new Anybody()}, new SecureRandom());
        Socket plain = plain(port).socket;
        try {
            SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, "node", port, true);
            socket.setEnabledProtocols(new String[] {protocol});
            return new ClusterDialler(socket);
        } catch (IOException | RuntimeException e) {
            plain.close();
            throw e;
        }
    }

    static ClusterDialler tls(int port, Path identity) throws IOException, GeneralSecurityException {
        return tls(port, identity, "TLSv1.3");
    }

    private static KeyManager[] keys(Path identity) throws IOException, GeneralSecurityException {
        String pem = Files.readString(Path.of(identity + ".key")).replaceAll("-----[A-Z ]+-----|\\s", "");
        PrivateKey key = KeyFactory.getInstance("EC")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("own", key, new char[0], new Certificate[] {certificate(identity)});
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, new char[0]);
        return factory.getKeyManagers();
    }

    /** The fingerprint of the certificate that is shown. */
    String shown() throws IOException, GeneralSecurityException {
        return fingerprint(((SSLSocket) socket).getSession().getPeerCertificates()[0]);
    }

    /** Who says hello, as what life of its name, to which life of whom. */
    static byte[] hello(String self, long incarnation, String peer, long peersIncarnation, int connection)
            throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(body);
        out.writeInt(MAGIC);
        out.writeShort(1);
        out.writeShort(1);
        out.writeInt(0);
        out.writeByte(connection);
        out.writeByte(CONTROL);
        out.writeLong(incarnation);
        text(out, self);
        out.writeLong(peersIncarnation);
        text(out, peer);
        out.writeLong(0);
        out.writeLong(0);
        out.writeInt(1 << 20);
        return frame(HELLO, body.toByteArray());
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        byte[] utf8 = text.getBytes(UTF_8);
        out.writeShort(utf8.length);
        out.write(utf8);
    }

    static byte[] frame(int type, byte[] body) throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(frame);
        out.writeInt(body.length + 2);
        out.writeByte(type);
        out.writeByte(0);
        out.write(body);
        return frame.toByteArray();
    }

    /** In one write. */
    ClusterDialler say(byte[]... parts) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) all.write(part);
        socket.getOutputStream().write(all.toByteArray());
        return this;
    }

    /** The type of the next frame. */
    int next() throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        int length = in.readInt();
        if (length < 2 || length > LONGEST) throw new IOException("not a frame");
        byte[] rest = new byte[length];
        in.readFully(rest);
        return rest[0];
    }

    /** The types of the frames until the other end closed. */
    List<Integer> untilClosed() throws IOException {
        List<Integer> types = new ArrayList<>();
        try {
            while (true) types.add(next());
        } catch (SocketTimeoutException e) {
            throw new AssertionError("still open after " + types, e);
        } catch (IOException e) {
            if (!isTheirEnd(e)) throw e;
            return types;
        }
    }

    /** Says this, and whether the other end closes without a frame in answer. */
    boolean isShutOut(byte[] bytes) throws IOException {
        try {
            say(bytes);
        } catch (IOException e) {
            if (!isTheirEnd(e)) throw e;
            return true;
        }
        return untilClosed().isEmpty();
    }

    /** The end, a reset, or TLS that says why it refuses; in plain text that is no frame. */
    private static boolean isTheirEnd(IOException e) {
        return e instanceof EOFException
                || e instanceof SocketException
                || String.valueOf(e.getMessage())
                        .matches(
                                "not a frame|Received fatal alert.*|Remote host terminated the handshake|readHandshakeRecord");
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private static final class Anybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
