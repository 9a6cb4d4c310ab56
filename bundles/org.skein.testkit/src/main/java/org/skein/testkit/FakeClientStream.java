package org.skein.testkit;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.skein.api.auth.StreamSecurity;
import org.skein.api.session.ClientStream;
import org.skein.api.session.SessionManager;
import org.skein.api.session.StreamHandler;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Ns;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StreamError;

/**
 * A client's stream without a socket. The test plays the client with {@link #receive} and {@link #lose}, and sees what
 * was written. By default the socket takes what is written at the next turn of the loop; {@link #stall} makes it a client
 * that stopped reading.
 */
public final class FakeClientStream implements ClientStream {
    private final String id;
    private final ManualScheduler.Loop loop;
    private final List<Object> written = new ArrayList<>();
    private final List<Stanza> stanzas = new ArrayList<>();
    private StreamHandler handler;
    private String transport = "c2s";
    private boolean stalled;
    private boolean reading = true;
    private boolean closed;
    private boolean takeScheduled;
    private Optional<StreamError> error = Optional.empty();
    private int untaken;
    private int taken;
    private long pendingBytes;
    private int requests;

    public FakeClientStream(String id, ManualScheduler.Loop loop) {
        this.id = id;
        this.loop = loop;
    }

    /** @param transport of {@link org.skein.api.session.ClientStream#transport}, in place of {@code c2s}; before {@link #open} */
    public FakeClientStream over(String transport) {
        this.transport = transport;
        return this;
    }

    /** Hands the stream to the session manager, as an edge does after login. */
    public FakeClientStream open(SessionManager manager, Jid account) {
        loop.run(() -> handler = manager.open(this, account));
        return this;
    }

    /** The client sends stanzas, which arrive in one read. */
    public void receive(Stanza... stanzas) {
        if (closed) return;
        loop.run(() -> {
            for (Stanza s : stanzas) {
                if (!closed) handler.stanza(s);
            }
            if (!closed) handler.readComplete();
        });
    }

    public void receive(Element nonza) {
        if (closed) return;
        loop.run(() -> {
            handler.nonza(nonza);
            if (!closed) handler.readComplete();
        });
    }

    public void receiveMalformed(Element raw) {
        loop.run(() -> handler.malformedAddress(raw));
    }

    /** Sends a bind request; an empty resource asks the server for one. Run the loops for the answer. */
    public void bind(String resource) {
        Element.Builder bind = Element.builder("bind", Ns.BIND);
        if (!resource.isEmpty()) bind.child("resource", resource);
        receive(Stanza.iq()
                .type("set")
                .id("bind" + requests++)
                .add(bind.build())
                .build());
    }

    /** The connection breaks. */
    public void lose() {
        end(false);
    }

    /** The client closes its stream. */
    public void closeByClient() {
        end(true);
    }

    private void end(boolean orderly) {
        if (closed) return;
        closed = true;
        loop.run(() -> handler.closed(orderly));
    }

    /** While on, the socket takes nothing. */
    public void stall(boolean on) {
        stalled = on;
        if (!on) scheduleTake();
    }

    private void scheduleTake() {
        if (takeScheduled || stalled || closed) return;
        takeScheduled = true;
        loop.execute(() -> {
            takeScheduled = false;
            if (stalled || closed || untaken == 0) return;
            int n = untaken;
            untaken = 0;
            taken += n;
            pendingBytes = 0;
            handler.taken(n);
        });
    }

    /** All stanzas written, oldest first. */
    public List<Stanza> stanzas() {
        return stanzas;
    }

    /** All stanzas and nonzas written, oldest first. */
    public List<Object> written() {
        return written;
    }

    /** Stanzas written of one kind. */
    public List<Stanza> stanzas(Stanza.Kind kind) {
        return stanzas.stream().filter(s -> s.kind() == kind).toList();
    }

    /** Bodies of the messages written that have one. */
    public List<String> bodies() {
        return stanzas.stream()
                .filter(Stanza::isMessage)
                .filter(s -> !s.isError())
                .map(Stanza::body)
                .filter(b -> !b.isEmpty())
                .toList();
    }

    /** Nonzas written with a name. */
    public List<Element> nonzas(String name) {
        return written.stream()
                .filter(Element.class::isInstance)
                .map(Element.class::cast)
                .filter(e -> e.name().equals(name))
                .toList();
    }

    /** How many of all stanzas written the socket took: those a client without stream management really got. */
    public int taken() {
        return taken;
    }

    public Optional<Stanza> lastStanza() {
        return stanzas.isEmpty() ? Optional.empty() : Optional.of(stanzas.get(stanzas.size() - 1));
    }

    /** Forgets what was written so far. */
    public void clear() {
        written.clear();
        stanzas.clear();
    }

    public boolean isReading() {
        return reading;
    }

    public boolean isClosed() {
        return closed;
    }

    /** The error the server closed the stream with. */
    public Optional<StreamError> error() {
        return error;
    }

    public StreamHandler handler() {
        return handler;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String transport() {
        return transport;
    }

    @Override
    public Optional<SocketAddress> remoteAddress() {
        return Optional.empty();
    }

    @Override
    public StreamSecurity security() {
        return NO_SECURITY;
    }

    @Override
    public boolean inEventLoop() {
        return loop.inLoop();
    }

    @Override
    public void execute(Runnable task) {
        loop.execute(task);
    }

    @Override
    public AutoCloseable schedule(Runnable task, Duration delay) {
        return loop.schedule(task, delay);
    }

    @Override
    public void write(Stanza stanza) {
        checkLoop();
        if (closed) return;
        written.add(stanza);
        stanzas.add(stanza);
        untaken++;
        pendingBytes += stanza.payloadXml().length;
        scheduleTake();
    }

    @Override
    public void write(Element nonza) {
        checkLoop();
        if (!closed) written.add(nonza);
    }

    @Override
    public long pendingBytes() {
        checkLoop();
        return pendingBytes;
    }

    @Override
    public void reading(boolean on) {
        checkLoop();
        reading = on;
    }

    /** Like an edge: the handler is told {@link StreamHandler#closed} later, on the loop. */
    @Override
    public void close(Optional<StreamError> error) {
        checkLoop();
        if (closed) return;
        closed = true;
        this.error = error;
        loop.execute(() -> handler.closed(false));
    }

    private void checkLoop() {
        if (!loop.inLoop()) throw new AssertionError("stream " + id + " touched off its event loop");
    }

    private static final StreamSecurity NO_SECURITY = new StreamSecurity() {
        @Override
        public boolean isEncrypted() {
            return false;
        }

        @Override
        public Set<String> channelBindingTypes() {
            return Set.of();
        }

        @Override
        public Optional<byte[]> channelBinding(String type) {
            return Optional.empty();
        }

        @Override
        public String description() {
            return "";
        }
    };
}
