package org.skein.itests.support;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * A client that sends what it is told and no more. What it has received is kept, byte by byte, and may be waited for.
 * Not for several threads, but one may send while another awaits.
 */
public final class RawClient extends Wire<RawClient> {
    public static final String HEADER = "<?xml version='1.0'?><stream:stream xmlns='jabber:client'"
            + " xmlns:stream='http://etherx.jabber.org/streams' to='localhost' version='1.0'>";

    private final StringBuilder received = new StringBuilder(); // a char is a byte
    private final byte[] buffer = new byte[16 * 1024];
    private int seen;

    private RawClient(int port, int receiveBytes) throws IOException {
        super(port, receiveBytes);
    }

    private RawClient(Process tunnel) {
        super(tunnel);
    }

    @Override
    RawClient self() {
        return this;
    }

    public static RawClient connect(int port) throws IOException {
        return connect(port, 0);
    }

    /** @param receiveBytes the kernel's buffer for this connection; 0 = as large as it likes */
    public static RawClient connect(int port, int receiveBytes) throws IOException {
        return new RawClient(port, receiveBytes);
    }

    /** Over the TLS of OpenSSL, with direct TLS: {@link #exported()} gives what the JDK's has no means to tell. */
    public static RawClient connectWithOpenSsl(int tlsPort) throws IOException {
        return new RawClient(new ProcessBuilder(
                        "openssl",
                        "s_client",
                        "-nocommands",
                        "-tls1_3",
                        "-connect",
                        "127.0.0.1:" + tlsPort,
                        "-servername",
                        "localhost",
                        "-keymatexport",
                        "EXPORTER-Channel-Binding",
                        "-keymatexportlen",
                        "32")
                .redirectErrorStream(true)
                .start());
    }

    /** The channel binding {@code tls-exporter} (RFC 9266 §2) of a connection with OpenSSL, once TLS is negotiated. */
    public byte[] exported() throws IOException {
        await("Keying material: ");
        return HexFormat.of().parseHex(await("\n").strip().toLowerCase(Locale.ROOT));
    }

    /** Each byte in a segment of its own; what the server does not want any more is not sent. */
    public RawClient sendByteByByte(byte[] bytes) throws IOException {
        for (byte b : bytes) {
            if (!sendUnlessCut(new byte[] {b})) {
                break;
            }
        }
        return this;
    }

    /** @return false if the server has cut the connection */
    public boolean sendUnlessCut(byte[] bytes) throws IOException {
        try {
            send(bytes);
            return true;
        } catch (SocketException cut) {
            return false;
        }
    }

    /** Waits for {@code text} behind what was awaited before; answers all up to its end. */
    public String await(String text) throws IOException {
        String wanted = bytes(text);
        int looked = 0; // so much behind what was seen
        while (true) {
            int at = received.indexOf(wanted, seen + looked);
            if (at >= 0) {
                String found = received.substring(seen, at + wanted.length());
                seen = at + wanted.length();
                return text(found);
            }
            looked = Math.max(0, received.length() - seen - wanted.length());
            try {
                if (!read()) {
                    return fail("waited for " + text + " but the stream ended after " + rest());
                }
            } catch (SocketTimeoutException e) {
                return fail("waited for " + text + " but got " + rest(), e);
            } catch (SocketException e) {
                return fail("waited for " + text + " but the connection was cut after " + rest(), e);
            }
        }
    }

    /** Reads to the end of the connection; answers what came behind what was awaited before. */
    public String awaitEnd() throws IOException {
        return abridged(awaitEndInFull());
    }

    /** The same, however much it is. */
    public String awaitEndInFull() throws IOException {
        try {
            while (read()) {
                continue;
            }
        } catch (SocketTimeoutException e) {
            return fail("waited for the end but got " + rest(), e);
        } catch (SocketException e) {
            received.append("[reset]");
        }
        String rest = text(received.substring(seen));
        seen = received.length();
        return rest;
    }

    /** Waits for a while; true if anything came, be it the end. */
    public boolean hasNews(int waitMs) throws IOException {
        timeoutMs(waitMs);
        try {
            read();
            return true;
        } catch (SocketTimeoutException nothing) {
            return false;
        } finally {
            timeoutMs((int) Await.LONG.toMillis());
        }
    }

    /** Expects a stream error, the end of the stream and the end of the connection. */
    public void awaitError(String condition) throws IOException {
        String end = awaitEnd();
        assertTrue(
                end.contains("<stream:error><" + condition + " xmlns='urn:ietf:params:xml:ns:xmpp-streams'"),
                () -> "wanted " + condition + " but got " + abridged(end));
        assertTrue(end.endsWith("</stream:error></stream:stream>"), () -> abridged(end));
    }

    /** What was received and not awaited. */
    private String rest() {
        String rest = received.substring(seen);
        seen = received.length();
        return abridged(text(rest));
    }

    private static String abridged(String text) {
        return text.length() < 4000 ? text : text.substring(0, 2000) + " … " + text.substring(text.length() - 2000);
    }

    private boolean read() throws IOException {
        int n = in().read(buffer);
        if (n < 0) {
            return false;
        }
        if (seen > 1 << 20) {
            received.delete(0, seen);
            seen = 0;
        }
        received.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
        return true;
    }

    private static String bytes(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    private static String text(String bytes) {
        return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    // --- the steps of a well-behaved client ---

    /** Opens a stream. @return the features */
    public String features() throws IOException {
        return send(HEADER).await("</stream:features>");
    }

    public RawClient open() throws IOException {
        features();
        return this;
    }

    public RawClient startTls() throws IOException {
        send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
                .await("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
        return tls();
    }

    public RawClient tls() throws IOException {
        encrypt(List.of());
        return this;
    }

    @Override
    Xml awaitSasl() throws IOException {
        String start = await(">");
        String element = start.endsWith("/>")
                ? start
                : start + await("</" + start.substring(1).split("[ >]")[0] + ">");
        return Xml.ofStream(element);
    }

    /** PLAIN, and the stream behind it. The password of all users is {@code secret}. */
    public RawClient logIn(String user) throws IOException {
        plain(user, "secret").await("<success xmlns='" + SASL + "'");
        return open();
    }

    public RawClient bind(String resource) throws IOException {
        send("<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>" + resource
                + "</resource></bind></iq>");
        await("</jid></bind></iq>");
        return this;
    }

    /** Connects, encrypts, logs in and binds. */
    public static RawClient online(int port, String user, String resource) throws IOException {
        return connect(port).open().startTls().open().logIn(user).bind(resource);
    }

    /** The same without TLS, where the node allows that. */
    public static RawClient onlineInTheClear(int port, String user, String resource) throws IOException {
        return connect(port).open().logIn(user).bind(resource);
    }

    /** Turns stream management on (XEP-0198). @return the id to resume by */
    public String manageStream() throws IOException {
        send("<enable xmlns='urn:xmpp:sm:3' resume='true'/>").await("<enabled xmlns='urn:xmpp:sm:3'");
        String enabled = await("/>");
        return enabled.replaceFirst(".* id='([^']*)'.*", "$1");
    }

    /** Sends available presence and waits until it came back, so that messages to the account reach this client. */
    public RawClient available() throws IOException {
        send("<presence/>").await("<presence ");
        ping("available");
        return this;
    }

    /** Waits until the server has dealt with what was sent. */
    public String ping(String id) throws IOException {
        return send("<iq type='get' id='" + id + "'><ping xmlns='urn:xmpp:ping'/></iq>")
                .await("id='" + id + "'");
    }
}
