package org.skein.c2s.internal;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Pattern;
import org.skein.xmpp.Ns;

/** A client of {@link WarmUp}: does what most do, and blocks. */
final class WarmUpClient implements AutoCloseable {
    static final String RESOURCE = "r";
    private static final int PATIENCE_MS = 10_000;
    private static final Pattern STANZA = Pattern.compile("<(message|presence|iq) ");
    private static final int CONFIRM_EVERY = 50;
    private static final Pattern TROUBLE = Pattern.compile("<failure |<stream:error>| type='error'");
    private static final String SM = "urn:xmpp:sm:3";

    private final Socket socket;
    private final String host;
    private final String name;
    private final byte[] buffer = new byte[8192];
    private final StringBuilder heard = new StringBuilder();
    private int sent;
    private long received; // stanzas, since it counts

    WarmUpClient(int port, String host, String name) throws IOException {
        this.host = host;
        this.name = name;
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MS);
    }

    String bare() {
        return name + "@" + host;
    }

    String jid() {
        return bare() + "/" + RESOURCE;
    }

    void logIn() throws IOException {
        open();
        send("<auth xmlns='" + Ns.SASL + "' mechanism='" + WarmUpSasl.MECHANISM + "'>"
                + base64("n,,n=" + name + ",r=0123456789") + "</auth>");
        await("</challenge>");
        send("<response xmlns='" + Ns.SASL + "'>" + base64(name) + "</response>")
                .await("<success");
        open();
        send("<iq type='set' id='b'><bind xmlns='" + Ns.BIND + "'><resource>" + RESOURCE + "</resource></bind></iq>")
                .await("</iq>");
        send("<enable xmlns='" + SM + "' resume='true'/>").await("<enabled");
        received = 0;
        send("<iq type='get' id='q'><query xmlns='jabber:iq:roster'/></iq><presence/>");
        await("id='q'").await("<presence ");
    }

    private void open() throws IOException {
        send("<?xml version='1.0'?><stream:stream to='" + host + "' version='1.0' xmlns='jabber:client'"
                + " xmlns:stream='http://etherx.jabber.org/streams'>");
        await("</stream:features>");
    }

    void write(int messages, String to) throws IOException {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < messages; i++) {
            all.append("<message type='chat' id='m")
                    .append(++sent)
                    .append("' to='")
                    .append(to)
                    .append("'><body>");
            all.append("How do the first words of a day sound, before anybody hears them? ")
                    .append(sent);
            all.append("</body></message>");
        }
        send(all + "<r xmlns='" + SM + "'/>");
    }

    /** Answers as many messages, one by one. */
    void echo(int messages, String to) throws IOException {
        for (int i = 1; i <= messages; i++) {
            awaitMessages(1).write(1, to);
            if (i % CONFIRM_EVERY == 0) {
                confirm();
            }
        }
    }

    WarmUpClient awaitMessages(int messages) throws IOException {
        for (int i = 0; i < messages; i++) {
            await("</message>");
        }
        return this;
    }

    void confirm() throws IOException {
        send("<a xmlns='" + SM + "' h='" + received + "'/>");
    }

    private WarmUpClient send(String xml) throws IOException {
        socket.getOutputStream().write(xml.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** Waits for a text behind what was awaited before. */
    WarmUpClient await(String text) throws IOException {
        InputStream in = socket.getInputStream();
        int at;
        while ((at = heard.indexOf(text)) < 0) {
            int n = in.read(buffer);
            if (n < 0) {
                throw new EOFException("instead of " + text);
            }
            heard.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
            if (TROUBLE.matcher(heard).find()) {
                throw new IOException("instead of " + text + ": " + heard);
            }
        }
        int end = at + text.length();
        received += STANZA.matcher(heard).region(0, end).results().count();
        heard.delete(0, end);
        return this;
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    boolean isClosed() {
        return socket.isClosed();
    }

    /** Any thread: whatever it waits for ends. */
    void cut() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** In good order, with all received confirmed: nothing is kept for it. */
    @Override
    public void close() throws IOException {
        try (socket) {
            confirm();
            send("<presence type='unavailable'/></stream:stream>").await("</stream:stream>");
        }
    }
}
