package org.skein.itests.cluster;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.skein.itests.support.ElementCutter;
import org.skein.itests.support.StanzaClient;
import org.skein.itests.support.Xml;

/**
 * A client that writes numbered messages to its partner and keeps to the protocol whatever happens to its connection:
 * acknowledges what comes, resumes its stream on the next node or binds anew, and sends again what was not acknowledged
 * (XEP-0198 §5). It remembers what the server acknowledged and what came, to be compared in the end. One thread of its
 * own; no TLS.
 */
final class Correspondent implements AutoCloseable {
    /** What it does of its own accord between two messages. */
    enum Whim {
        /** The connection is cut; the stream goes on over another node. */
        CUT,
        /** A new connection resumes the stream while the old one still stands. */
        MOVE,
        /** Logs out in good order and in again. */
        LOG_OUT,
        /** Unavailable for a moment, then available again. */
        AWAY
    }

    /** Answers with the port of the next connection. */
    interface Ports {
        int next() throws IOException;
    }

    private static final String SM = "urn:xmpp:sm:3";
    private static final String STREAMS = "http://etherx.jabber.org/streams";
    private static final long PACE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long ASK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final int MAX_UNACKED = 200;
    private static final int NEGOTIATION_MS = 4000;
    private static final int READ_MS = 10;

    private record Sent(int number, String xml) {}

    private final String name;
    private final String partner;
    private final Ports ports;
    private final Random random;
    private final Thread thread;

    // of the stream; used by the thread alone
    private final Deque<Sent> unacked = new ArrayDeque<>();
    private final Deque<Sent> again = new ArrayDeque<>();
    private Socket socket = new Socket();
    private ElementCutter cutter = new ElementCutter();
    private String resumption = "";
    private long acknowledged;
    private long handled;
    private long nextMessage;
    private long nextAsk;
    private boolean managed;

    // guarded by this
    private final List<Integer> received = new ArrayList<>();
    private final BitSet acked = new BitSet();
    private final BitSet bounced = new BitSet();
    private final List<String> errors = new ArrayList<>();
    private final List<String> diary = new ArrayList<>();
    private int written;
    private int losses;
    private int resumed;
    private int refused;
    private boolean settled;
    private boolean online;
    private Throwable failure;

    private volatile boolean writing;
    private volatile boolean over;
    private volatile double whims;

    /** @param ports asked for the port of the next connection */
    Correspondent(String name, String partner, Ports ports, long seed) {
        this.name = name;
        this.partner = partner;
        this.ports = ports;
        this.random = new Random(seed);
        thread = new Thread(this::live, "correspondent-" + name);
        thread.setDaemon(true);
    }

    Correspondent start() {
        thread.start();
        return this;
    }

    void write(boolean on) {
        writing = on;
    }

    /** @param probability of a whim before each message */
    void whims(double probability) {
        whims = probability;
    }

    // ---- what is asked from outside

    synchronized boolean isOnline() {
        return online;
    }

    /** Writes no more, and all is acknowledged. */
    synchronized boolean isSettled() {
        return settled;
    }

    /** Different messages that came. */
    synchronized int got() {
        return (int) received.stream().distinct().count();
    }

    synchronized int losses() {
        return losses;
    }

    synchronized int resumed() {
        return resumed;
    }

    synchronized List<String> errors() {
        return List.copyOf(errors);
    }

    /** Acknowledged to it, no error came for it, and the partner has not got it. */
    BitSet missingAt(Correspondent other) {
        BitSet missing;
        synchronized (this) {
            missing = (BitSet) acked.clone();
            missing.andNot(bounced);
        }
        synchronized (other) {
            other.received.forEach(missing::clear);
        }
        return missing;
    }

    /** What came for the first time behind a later one. */
    synchronized List<Integer> outOfOrder() {
        List<Integer> wrong = new ArrayList<>();
        BitSet seen = new BitSet();
        int highest = -1;
        for (int n : received) {
            if (!seen.get(n) && n < highest) wrong.add(n);
            seen.set(n);
            highest = Math.max(highest, n);
        }
        return wrong;
    }

    synchronized List<Integer> repeated() {
        List<Integer> twice = new ArrayList<>();
        BitSet seen = new BitSet();
        for (int n : received) {
            if (seen.get(n)) twice.add(n);
            seen.set(n);
        }
        return twice;
    }

    @Override
    public synchronized String toString() {
        return name + ": written " + written + ", acknowledged " + acked.cardinality() + ", refused with an error "
                + bounced.cardinality() + ", got " + received.size() + ", lost its connection " + losses
                + " times, resumed "
                + resumed + ", bound anew after " + refused + (failure == null ? "" : ", FAILED: " + failure)
                + (errors.isEmpty() ? "" : ", errors " + errors.subList(0, Math.min(5, errors.size())));
    }

    synchronized Throwable failure() {
        return failure;
    }

    // ---- its life

    private void live() {
        while (!over) {
            try {
                connect();
                synchronized (this) {
                    online = true;
                }
                while (!over) {
                    step();
                }
                raw("</stream:stream>");
            } catch (IOException lost) {
                synchronized (this) {
                    online = false;
                    losses++;
                    diary.add("lost: " + lost);
                }
                closeQuietly(socket);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20L + random.nextInt(100)));
            } catch (RuntimeException | AssertionError e) {
                synchronized (this) {
                    failure = e;
                }
                closeQuietly(socket);
                return;
            }
        }
        closeQuietly(socket);
    }

    private void step() throws IOException {
        long now = System.nanoTime();
        if (writing && now - nextMessage >= 0 && unacked.size() < MAX_UNACKED) {
            nextMessage = now + PACE_NANOS;
            if (whims > 0 && random.nextDouble() < whims) indulge();
            int number;
            synchronized (this) {
                number = written++;
                settled = false;
            }
            stanza(
                    number,
                    "<message type='chat' id='m" + number + "' to='" + partner + "'><body>" + number
                            + "</body></message>");
        }
        if (!unacked.isEmpty() && now - nextAsk >= 0) {
            nextAsk = now + ASK_NANOS;
            raw("<r xmlns='" + SM + "'/>");
        }
        if (!writing && unacked.isEmpty() && again.isEmpty()) {
            synchronized (this) {
                settled = true;
            }
        }
        for (Xml x = read(READ_MS); x != null; x = cut()) {
            take(x);
        }
    }

    private synchronized void note(String event) {
        diary.add(event);
    }

    /** What happened to it around the first message that came out of order. */
    synchronized String diaryAround(int number) {
        int at = diary.indexOf("got " + number);
        if (at < 0) at = diary.indexOf("got " + number + " late");
        return String.join("\n", diary.subList(Math.max(0, at - 40), Math.min(diary.size(), Math.max(0, at) + 15)));
    }

    /** All that happened to it but messages that came. */
    synchronized String adventures() {
        return String.join(
                "\n", diary.stream().filter(e -> !e.startsWith("got ")).toList());
    }

    private void indulge() throws IOException {
        Whim whim = Whim.values()[random.nextInt(Whim.values().length)];
        note("whim " + whim + " behind " + written);
        switch (whim) {
            case CUT -> {
                closeQuietly(socket);
                connect();
            }
            case MOVE -> {
                Socket old = socket;
                connect();
                closeQuietly(old);
            }
            case LOG_OUT -> {
                raw("<a xmlns='" + SM + "' h='" + handled + "'/></stream:stream>");
                try {
                    while (true) {
                        Xml x = read(NEGOTIATION_MS);
                        if (x == null) break;
                        take(x);
                    }
                } catch (EOFException end) {
                    closeQuietly(socket);
                }
                connect();
            }
            case AWAY -> {
                stanza(-1, "<presence type='unavailable'/>");
                stanza(-1, "<presence/>");
            }
        }
    }

    // ---- connecting

    private void connect() throws IOException {
        socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.next()), NEGOTIATION_MS);
        cutter = new ElementCutter();
        managed = false;
        header();
        raw("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>"
                + Base64.getEncoder()
                        .encodeToString(("\0" + name + "\0" + StanzaClient.PASSWORD).getBytes(StandardCharsets.UTF_8))
                + "</auth>");
        Xml answer = await(x -> x.namespace().equals("urn:ietf:params:xml:ns:xmpp-sasl"));
        if (!answer.name().equals("success")) throw new IOException("login refused: " + answer);
        cutter.restart();
        header();
        if (!resumption.isEmpty() && resume()) return;
        raw("<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>desk</resource>"
                + "</bind></iq>");
        Xml bound = await(x -> x.get("id").equals("bind"));
        if (!bound.get("type").equals("result")) throw new IOException("bind refused: " + bound);
        raw("<enable xmlns='" + SM + "' resume='true'/>");
        Xml enabled = await(x -> x.namespace().equals(SM));
        if (!enabled.name().equals("enabled")) throw new IOException("not enabled: " + enabled);
        resumption = enabled.get("id");
        note("bound at port " + socket.getPort() + " behind " + written + ", writes again "
                + again.stream().map(Sent::number).toList());
        acknowledged = 0;
        handled = 0;
        managed = true;
        stanza(-1, "<presence/>");
        while (!again.isEmpty()) {
            Sent sent = again.poll();
            stanza(sent.number, sent.xml);
        }
    }

    /** @return false if it has to bind */
    private boolean resume() throws IOException {
        raw("<resume xmlns='" + SM + "' previd='" + resumption + "' h='" + handled + "'/>");
        Xml answer = await(x -> x.is("resumed", SM) || x.is("failed", SM));
        boolean done = answer.name().equals("resumed");
        note(answer + " at port " + socket.getPort() + " with h=" + handled + " behind " + written);
        if (!answer.get("h").isEmpty()) acknowledge(Long.parseLong(answer.get("h")));
        if (done) {
            managed = true;
            for (Sent sent : unacked) raw(sent.xml);
        } else {
            resumption = "";
            unacked.stream().filter(s -> s.number >= 0).forEach(again::add);
            unacked.clear();
        }
        synchronized (this) {
            if (done) resumed++;
            else refused++;
        }
        return done;
    }

    private void header() throws IOException {
        raw("<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='" + STREAMS
                + "' to='localhost' version='1.0'>");
        await(x -> x.is("features", STREAMS));
    }

    // ---- stanzas

    private void stanza(int number, String xml) throws IOException {
        unacked.add(new Sent(number, xml)); // first: if the connection breaks here it is sent again
        raw(xml);
    }

    private void take(Xml x) throws IOException {
        switch (x.name()) {
            case "message", "presence", "iq" -> {
                if (managed) handled++;
                if (x.name().equals("message")) message(x);
            }
            case "r" -> raw("<a xmlns='" + SM + "' h='" + handled + "'/>");
            case "a" -> acknowledge(Long.parseLong(x.get("h")));
            case "error" -> throw new IOException("stream error " + x);
            default -> throw new IllegalStateException("unexpected: " + x);
        }
    }

    private synchronized void message(Xml x) {
        if (x.get("type").equals("error")) {
            errors.add(x.get("id") + " " + x.error());
            if (x.get("id").startsWith("m"))
                bounced.set(Integer.parseInt(x.get("id").substring(1)));
        } else if (x.get("from").startsWith(partner + "/")) {
            received.add(Integer.valueOf(x.text("body")));
            diary.add("got " + x.text("body") + (x.has("delay", "urn:xmpp:delay") ? " late" : ""));
        }
    }

    private void acknowledge(long h) {
        if (h < acknowledged || h - acknowledged > unacked.size()) {
            throw new IllegalStateException(
                    "acknowledged " + h + " after " + acknowledged + " with " + unacked.size() + " more sent");
        }
        synchronized (this) {
            for (; acknowledged < h; acknowledged++) {
                Sent sent = unacked.poll();
                if (sent.number >= 0) acked.set(sent.number);
            }
        }
    }

    // ---- the socket

    private void raw(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    private Xml await(Predicate<Xml> wanted) throws IOException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(NEGOTIATION_MS);
        while (System.nanoTime() < end) {
            Xml x = read(NEGOTIATION_MS);
            if (x == null) continue;
            if (wanted.test(x)) return x;
            take(x);
        }
        throw new IOException("no answer");
    }

    /** The next element, or null if none comes in time. */
    private Xml read(int millis) throws IOException {
        Xml ready = cut();
        if (ready != null) return ready;
        byte[] buffer = new byte[16384];
        try {
            socket.setSoTimeout(millis);
            InputStream in = socket.getInputStream();
            int n = in.read(buffer);
            if (n < 0) throw new EOFException();
            cutter.add(buffer, n);
        } catch (SocketTimeoutException nothing) {
            return null;
        }
        return cut();
    }

    private Xml cut() {
        String element = cutter.next();
        return element == null ? null : Xml.ofStream(element);
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new IllegalStateException("close", e);
        }
    }

    /** Logs out. */
    @Override
    public void close() {
        over = true;
        try {
            thread.join(TimeUnit.SECONDS.toMillis(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        closeQuietly(socket);
    }
}
