import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * {@code java Rehearsal.java PORTS_JSON}: does once to a node that is being rehearsed what clients will do to it (register,
 * log in with and without TLS, chat), so that the classes this takes are in the class archive, too. Of no use at run time.
 */
final class Rehearsal {
    private Socket socket;
    private final StringBuilder heard = new StringBuilder();

    public static void main(String[] args) throws IOException, GeneralSecurityException {
        String ports = Files.readString(Path.of(args[0]));
        int c2s = number(ports, "c2s");
        int direct = number(ports, "c2s-tls");
        for (String name : new String[] {"anna", "bert"}) {
            Rehearsal client = new Rehearsal(new Socket("127.0.0.1", c2s));
            client.open();
            client.ask("<iq type='set' id='r'><query xmlns='jabber:iq:register'><username>" + name
                    + "</username><password>pw</password></query></iq>", "</iq>|type='result'[^>]*/>");
            client.close();
        }
        Rehearsal anna = loggedIn(c2s, false, false, "anna", "SCRAM-SHA-1");
        Rehearsal bert = loggedIn(c2s, true, false, "bert", "SCRAM-SHA-256");
        anna.ask("<presence to='bert@localhost' type='subscribe'/>", "<iq[^>]*type='set'");
        bert.ask("<presence to='anna@localhost' type='subscribed'/>", "<iq[^>]*type='set'");
        anna.ask("<message to='bert@localhost/r' type='chat' id='m'><body>a</body></message><r xmlns='urn:xmpp:sm:3'/>", "<a ");
        bert.ask("<iq type='get' id='d' to='localhost'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>", "id='d'");
        bert.close();
        loggedIn(direct, true, true, "bert", "PLAIN").close();
        anna.ask("<message to='bert@localhost' type='chat' id='o'><body>b</body></message><r xmlns='urn:xmpp:sm:3'/>", "<a ");
        anna.close();
    }

    private Rehearsal(Socket socket) {
        this.socket = socket;
    }

    private static Rehearsal loggedIn(int port, boolean tls, boolean direct, String user, String mechanism)
            throws IOException, GeneralSecurityException {
        Rehearsal client = new Rehearsal(new Socket("127.0.0.1", port));
        if (direct) {
            client.encrypt();
        }
        client.open();
        if (tls && !direct) {
            client.ask("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", "<proceed");
            client.encrypt();
            client.open();
        }
        client.authenticate(user, mechanism);
        client.open();
        client.ask("<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>r</resource></bind></iq>", "</iq>");
        client.ask("<enable xmlns='urn:xmpp:sm:3' resume='true'/>", "<enabled");
        client.ask("<iq type='get' id='q'><query xmlns='jabber:iq:roster'/></iq>", "id='q'");
        client.ask("<presence/>", "<presence");
        return client;
    }

    private void open() throws IOException {
        ask("<?xml version='1.0'?><stream:stream to='localhost' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>",
                "</stream:features>");
    }

    private void close() throws IOException {
        ask("</stream:stream>", "</stream:stream>");
        socket.close();
    }

    /** RFC 5802 without channel binding; PLAIN as RFC 4616. */
    private void authenticate(String user, String mechanism) throws IOException, GeneralSecurityException {
        String auth = "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='" + mechanism + "'>";
        if (mechanism.equals("PLAIN")) {
            ask(auth + base64("\0" + user + "\0pw") + "</auth>", "<success");
            return;
        }
        String first = "n=" + user + ",r=rehearsal";
        ask(auth + base64("n,," + first) + "</auth>", "</challenge>");
        Matcher challenge = Pattern.compile("<challenge[^>]*>([^<]*)<").matcher(heard);
        challenge.find();
        String server = new String(Base64.getDecoder().decode(challenge.group(1)), UTF_8);
        Matcher parts = Pattern.compile("r=(.*),s=(.*),i=(\\d+)").matcher(server);
        parts.find();
        String hash = mechanism.substring("SCRAM-".length());
        String hmac = "Hmac" + hash.replace("-", "");
        int bits = hash.equals("SHA-1") ? 160 : 256;
        byte[] salted = SecretKeyFactory.getInstance("PBKDF2With" + hmac).generateSecret(new PBEKeySpec("pw".toCharArray(),
                Base64.getDecoder().decode(parts.group(2)), Integer.parseInt(parts.group(3)), bits)).getEncoded();
        byte[] clientKey = mac(hmac, salted, "Client Key");
        String last = "c=biws,r=" + parts.group(1);
        byte[] proof = mac(hmac, MessageDigest.getInstance(hash).digest(clientKey), first + "," + server + "," + last);
        for (int i = 0; i < proof.length; i++) {
            proof[i] ^= clientKey[i];
        }
        ask("<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>" + base64(last + ",p=" + Base64.getEncoder().encodeToString(proof))
                + "</response>", "<success");
    }

    private void encrypt() throws IOException, GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new AnyCertificate()}, null);
        socket = context.getSocketFactory().createSocket(socket, "localhost", socket.getPort(), true);
    }

    /** Sends, and waits until what is heard matches. */
    private void ask(String xml, String answer) throws IOException {
        heard.setLength(0);
        socket.setSoTimeout(10_000);
        socket.getOutputStream().write(xml.getBytes(UTF_8));
        Pattern pattern = Pattern.compile(answer);
        InputStream in = socket.getInputStream();
        byte[] buffer = new byte[8192];
        while (!pattern.matcher(heard).find()) {
            int n = in.read(buffer);
            if (n < 0) {
                throw new IOException("closed after: " + heard);
            }
            heard.append(new String(buffer, 0, n, UTF_8));
        }
    }

    private static int number(String json, String name) {
        Matcher matcher = Pattern.compile('"' + name + "\":(\\d+)").matcher(json);
        if (!matcher.find()) {
            throw new IllegalStateException("no listener " + name + " in " + json);
        }
        return Integer.parseInt(matcher.group(1));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }

    private static byte[] mac(String algorithm, byte[] key, String text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance(algorithm);
        mac.init(new SecretKeySpec(key, algorithm));
        return mac.doFinal(text.getBytes(UTF_8));
    }

    /** The node's own certificate was made a moment ago. */
    private static final class AnyCertificate implements X509TrustManager {
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
