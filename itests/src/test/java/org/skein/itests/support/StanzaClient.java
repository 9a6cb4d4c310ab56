package org.skein.itests.support;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/**
 * A client that sends what it is told and no more. What comes is cut into elements; those that are not awaited yet stay
 * in the inbox. One thread.
 */
public final class StanzaClient extends Wire<StanzaClient> {
    public static final String PASSWORD = "secret";
    private static final String CLIENT = "jabber:client";
    private static final AtomicLong NAMES = new AtomicLong();

    private final ElementCutter cutter = new ElementCutter();
    private final Deque<Xml> inbox = new ArrayDeque<>();
    private boolean ended;
    private long ids;
    private String jid = "";
    private Xml features;

    private StanzaClient(int port) throws IOException {
        super(port, 0);
    }

    @Override
    StanzaClient self() {
        return this;
    }

    // ---- how far it goes

    /** A connection to the port for STARTTLS, with nothing sent. */
    public static StanzaClient connect(ServerProcess server) throws IOException {
        return new StanzaClient(server.port("c2s"));
    }

    /** A connection to the port for direct TLS, with nothing sent. */
    public static StanzaClient connectTls(ServerProcess server) throws IOException {
        return new StanzaClient(server.port("c2s-tls"));
    }

    /** A stream inside TLS that waits for a login. */
    public static StanzaClient encrypted(ServerProcess server) throws IOException {
        return connect(server).open().startTls().open();
    }

    /** Logged in, no resource bound. */
    public static StanzaClient authenticated(ServerProcess server, String user) throws IOException {
        StanzaClient client = encrypted(server);
        client.plain(user, PASSWORD);
        client.await("success", x -> x.is("success", SASL));
        return client.restart().open();
    }

    /** Logged in with a resource, and no presence sent. */
    public static StanzaClient bound(ServerProcess server, String user, String resource) throws IOException {
        StanzaClient client = authenticated(server, user);
        client.bind(resource);
        return client;
    }

    /** Logged in and available, with priority 0. */
    public static StanzaClient online(ServerProcess server, String user, String resource) throws IOException {
        StanzaClient client = bound(server, user, resource);
        client.available("");
        return client;
    }

    /** Makes an account no other test knows, in band (XEP-0077). */
    public static String register(ServerProcess server) throws IOException {
        return register(server, "u" + NAMES.incrementAndGet());
    }

    public static String register(ServerProcess server, String name) throws IOException {
        try (StanzaClient client = encrypted(server)) {
            Xml answer = client.iq(
                    "set",
                    "",
                    "<query xmlns='jabber:iq:register'><username>" + name + "</username><password>" + PASSWORD
                            + "</password></query>");
            assertEquals("result", answer.get("type"), answer.toString());
            return name;
        }
    }

    // ---- negotiation

    public StanzaClient header(String to) throws IOException {
        return send("<?xml version='1.0'?><stream:stream xmlns='jabber:client'"
                + " xmlns:stream='http://etherx.jabber.org/streams' to='" + to + "' version='1.0'>");
    }

    /** Opens a stream and waits for its features. */
    public StanzaClient open() throws IOException {
        header("localhost");
        features = await("features", x -> x.is("features", "http://etherx.jabber.org/streams"));
        return this;
    }

    public Xml features() {
        return features;
    }

    public StanzaClient startTls() throws IOException {
        send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
        await("proceed", x -> x.is("proceed", "urn:ietf:params:xml:ns:xmpp-tls"));
        return tls("TLSv1.3");
    }

    /** @param alpn offered to the server; may be empty */
    public StanzaClient tls(String protocol, String... alpn) throws IOException {
        encrypt(List.of(protocol), alpn);
        return restart();
    }

    /** A new stream begins, with or without a new layer below. */
    public StanzaClient restart() {
        cutter.restart();
        return this;
    }

    /** The server's next word in the exchange: challenge, success or failure. */
    @Override
    public Xml awaitSasl() throws IOException {
        return await("SASL", x -> x.namespace().equals(SASL));
    }

    /** @param resource empty to let the server choose */
    public String bind(String resource) throws IOException {
        Xml answer = tryBind(resource);
        assertEquals("result", answer.get("type"), answer.toString());
        jid = answer.find("jid", "urn:ietf:params:xml:ns:xmpp-bind")
                .orElseThrow()
                .text();
        return jid;
    }

    public Xml tryBind(String resource) throws IOException {
        String wanted = resource.isEmpty() ? "" : "<resource>" + resource + "</resource>";
        return iq("set", "", "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>" + wanted + "</bind>");
    }

    /** The full address. */
    public String jid() {
        return jid;
    }

    public String bare() {
        return jid.substring(0, jid.indexOf('/'));
    }

    // ---- sending

    /** Sends available presence and waits until it has come back, as it does to all own resources. */
    public StanzaClient available(String payload) throws IOException {
        send("<presence>" + payload + "</presence>");
        await("own presence", x -> x.name().equals("presence") && x.get("from").equals(jid));
        return this;
    }

    /** A chat message with a body. */
    public StanzaClient chat(String to, String body) throws IOException {
        return message("chat", to, "<body>" + body + "</body>");
    }

    public StanzaClient message(String type, String to, String payload) throws IOException {
        return send("<message id='" + nextId() + "' type='" + type + "' to='" + to + "'>" + payload + "</message>");
    }

    public StanzaClient presence(String type, String to) throws IOException {
        return send("<presence id='" + nextId() + "'" + (type.isEmpty() ? "" : " type='" + type + "'") + " to='" + to
                + "'/>");
    }

    public String nextId() {
        return "x" + ++ids;
    }

    /** Sends a request and waits for its answer. @param to empty for the own account */
    public Xml iq(String type, String to, String payload) throws IOException {
        String id = nextId();
        String address = to.isEmpty() ? "" : " to='" + to + "'";
        send("<iq id='" + id + "' type='" + type + "'" + address + ">" + payload + "</iq>");
        return await(
                "answer to " + payload,
                x -> x.name().equals("iq")
                        && x.get("id").equals(id)
                        && (x.get("type").equals("result") || x.get("type").equals("error")));
    }

    /** Answered by the server behind all it has written to this client so far and answers in this stream. */
    public List<Xml> soFar() throws IOException {
        iq("get", "localhost", "<ping xmlns='urn:xmpp:ping'/>");
        List<Xml> all = new ArrayList<>(inbox);
        inbox.clear();
        return all;
    }

    // ---- receiving

    /** The first that fits and was not taken yet; what does not fit stays in the inbox. */
    public Xml await(String what, Predicate<Xml> fits) throws IOException {
        for (Iterator<Xml> waiting = inbox.iterator(); waiting.hasNext(); ) {
            Xml x = waiting.next();
            if (fits.test(x)) {
                waiting.remove();
                return x;
            }
        }
        while (true) {
            Xml x = next(what);
            if (fits.test(x)) {
                return x;
            }
            inbox.add(x);
        }
    }

    /** All up to the one that fits, that included: for tests of what must not come. */
    public List<Xml> allUntil(String what, Predicate<Xml> last) throws IOException {
        List<Xml> all = new ArrayList<>();
        do {
            all.add(inbox.isEmpty() ? next(what) : inbox.poll());
        } while (!last.test(all.get(all.size() - 1)));
        return all;
    }

    public List<Xml> allUntilBody(String body) throws IOException {
        return allUntil("message " + body, x -> x.text("body").equals(body));
    }

    public Xml awaitBody(String body) throws IOException {
        return await(
                "message " + body,
                x -> x.name().equals("message") && x.text("body").equals(body));
    }

    public Xml awaitPresence(String type, String from) throws IOException {
        return await(
                "presence " + type + " from " + from,
                x -> x.is("presence", CLIENT)
                        && x.get("type").equals(type)
                        && x.get("from").equals(from));
    }

    /** The server's roster push for this contact. */
    public Xml awaitPush(String contact) throws IOException {
        Xml push = await(
                "roster push of " + contact,
                x -> x.name().equals("iq")
                        && x.get("type").equals("set")
                        && x.find("item", "jabber:iq:roster")
                                .filter(i -> i.get("jid").equals(contact))
                                .isPresent());
        send("<iq type='result' id='" + push.get("id") + "'/>");
        return push.find("item", "jabber:iq:roster").orElseThrow();
    }

    private Xml next(String what) throws IOException {
        long end = System.nanoTime() + Await.LONG.toNanos();
        while (true) {
            String cut = cutter.next();
            if (cut != null) {
                return Xml.ofStream(cut);
            }
            if (ended) {
                return fail("waited for " + what + " but the connection ended; inbox: " + inbox + " " + cutter);
            }
            if (System.nanoTime() > end) { // blanks alone keep the socket from timing out
                return fail("waited for " + what + "; inbox: " + inbox + " " + cutter);
            }
            read(what);
        }
    }

    private void read(String what) throws IOException {
        byte[] buffer = new byte[16384];
        try {
            int n = in().read(buffer);
            if (n < 0) {
                ended = true;
            } else {
                cutter.add(buffer, n);
            }
        } catch (SocketTimeoutException e) {
            fail("waited for " + what + "; inbox: " + inbox + " " + cutter, e);
        } catch (SocketException e) {
            ended = true; // reset: as good as an end
        }
    }

    /** Waits until the server has sent blanks outside of any element. */
    public void awaitBlank() throws IOException {
        while (cutter.blanks() == 0 && !ended) {
            read("a blank");
            String cut = cutter.next();
            if (cut != null) {
                inbox.add(Xml.ofStream(cut));
            }
        }
        assertEquals(false, ended, "the connection ended");
    }

    /** Reads to the end, which must be that of the stream, and gives the condition of the stream error or nothing. */
    public String awaitStreamEnd() throws IOException {
        long deadline = System.nanoTime() + Await.LONG.toNanos();
        while (!ended) {
            assertTrue(System.nanoTime() < deadline, () -> "waited for the end; inbox: " + inbox + " " + cutter);
            read("the end");
        }
        String condition = "";
        for (String cut = cutter.next(); cut != null; cut = cutter.next()) {
            Xml x = Xml.ofStream(cut);
            if (x.is("error", "http://etherx.jabber.org/streams")) {
                condition = x.children().get(0).name();
            } else {
                inbox.add(x);
            }
        }
        assertEquals(true, cutter.isClosed(), "the stream was not closed: " + cutter);
        return condition;
    }

    /** Reads to the end of the connection, however it comes. What came before is in the inbox. */
    public void awaitEnd() throws IOException {
        long deadline = System.nanoTime() + Await.LONG.toNanos();
        while (!ended) {
            assertTrue(System.nanoTime() < deadline, () -> "waited for the end; inbox: " + inbox + " " + cutter);
            read("the end");
        }
        for (String cut = cutter.next(); cut != null; cut = cutter.next()) {
            inbox.add(Xml.ofStream(cut));
        }
    }

    /** What came and was not awaited. */
    public List<Xml> inbox() {
        return List.copyOf(inbox);
    }

    // ---- ends

    /** An orderly end. */
    public void logOut() throws IOException {
        send("</stream:stream>");
        awaitStreamEnd();
        close();
    }
}
