package org.skein.c2s.internal;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.skein.api.auth.StreamSecurity;
import org.skein.api.session.ClientStream;
import org.skein.api.session.StreamHandler;
import org.skein.net.api.RemoteAddress;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StreamError;
import org.skein.xmpp.XmlBuffer;
import org.skein.xmpp.stream.StreamSink;
import org.skein.xmpp.stream.XmlStreamParser;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: bytes to the parser, elements to bytes. What the elements mean is the business of its
 * {@link StreamSink}: first a {@link Negotiation}, after login an {@link EstablishedStream}, at last
 * {@link IgnoringSink}. Belongs to its event loop; only {@link #execute} and {@link #inEventLoop} are for any thread.
 */
final class ClientConnection extends ChannelInboundHandlerAdapter implements ClientStream {
    private static final Logger log = LoggerFactory.getLogger(ClientConnection.class);
    private static final int OUT_BYTES = 512;
    private static final long CLOSE_WITHIN_MS = 2000;

    /** Its place in {@link StreamLoop}; -1 where it is in none. */
    int place = -1;

    private final ClientEdge edge;
    private final XmlStreamParser parser;
    private StreamLoop loop;
    private ChannelHandlerContext ctx;
    private StreamSink sink;
    private StreamHandler handler; // null before login
    private StreamSecurity security;
    private String id = "";
    private ScheduledFuture<?> deadline; // to log in, later to close

    // reading
    private byte[] leftover; // read while paused; null where there is none
    private boolean pausedBySession;
    private boolean pausedByEdge;
    private boolean stalled; // no permit
    private boolean feeding;
    private boolean discardRest;
    private byte silentSweeps;

    // writing
    private ByteBuf out; // null where there is nothing to flush
    private int stanzasInOut;
    private long pendingBytes;
    private boolean headerSent;

    // closing
    private boolean closing;
    private boolean clientClosed;
    private boolean inputEnded;
    private boolean ended;

    ClientConnection(ClientEdge edge) {
        this.edge = edge;
        StreamSink delegate = new Delegate();
        this.parser = new XmlStreamParser(delegate, edge.settings().beforeLogin());
        this.sink = new Negotiation(this, edge.services());
    }

    // ---- life -----------------------------------------------------------------------------------------------------

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        loop = edge.loop(context.channel().eventLoop());
        loop.add(this);
        edge.opened();
        long timeout = edge.settings().loginTimeoutMs();
        if (timeout > 0) {
            deadline = context.executor().schedule(this::loginTimedOut, timeout, TimeUnit.MILLISECONDS);
        }
    }

    private void loginTimedOut() {
        close(Optional.of(StreamError.Condition.CONNECTION_TIMEOUT.error("login took too long")));
    }

    /** From the header after login on, stanzas go to the session manager. */
    void established(Jid account) {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
        parser.limits(edge.settings().afterLogin());
        handler = edge.services().sessions().open(this, account);
        if (!closing) {
            sink = new EstablishedStream(this, handler);
        }
        log.debug(
                "what=stream_established id={} account={} security=\"{}\"",
                id,
                account,
                security().description());
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (ended) {
            return;
        }
        ended = true;
        closing = true;
        StreamSink last = sink;
        sink = IgnoringSink.INSTANCE;
        leftover = null;
        if (deadline != null) {
            deadline.cancel(false);
        }
        if (out != null) {
            out.release();
            out = null;
        }
        loop.remove(this);
        if (last instanceof Negotiation negotiation) {
            negotiation.gone();
        }
        edge.closed();
        if (handler != null) {
            handler.closed(clientClosed);
        }
        log.debug("what=stream_closed id={} address={} orderly={}", id, address(), clientClosed);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (handshake.isSuccess()) {
                security = null;
                log.debug(
                        "what=tls_established address={} security=\"{}\"",
                        address(),
                        security().description());
            } else {
                log.debug("what=tls_failed address={} reason=\"{}\"", address(), String.valueOf(handshake.cause()));
                context.close();
            }
        } else if (event instanceof SslCloseCompletionEvent && !closing) {
            context.close();
        } else if (event == ChannelInputShutdownEvent.INSTANCE) {
            inputEnded = true;
            endIfAllIsRead();
        }
    }

    /** The client sends no more. What it sent is dealt with first, even if that has to wait, and answered. */
    private void endIfAllIsRead() {
        if (leftover != null && isPaused() && !closing) {
            return; // goOnReading comes back here
        }
        if (out == null && pendingBytes == 0) {
            ctx.close();
        } else if (!closing) {
            beginClosing();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException || cause instanceof DecoderException) {
            log.debug("what=connection_broken id={} address={} reason=\"{}\"", id, address(), String.valueOf(cause));
            context.close();
        } else if (closing) {
            log.error("what=stream_failed id={} address={}", id, address(), cause);
            context.close();
        } else {
            log.error("what=stream_failed id={} address={}", id, address(), cause);
            close(Optional.of(StreamError.Condition.INTERNAL_SERVER_ERROR.error()));
        }
    }

    // ---- reading --------------------------------------------------------------------------------------------------

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            silentSweeps = 0;
            if (closing) {
                return;
            }
            int length = in.readableBytes();
            byte[] bytes;
            int from = 0;
            if (in.hasArray()) {
                bytes = in.array();
                from = in.arrayOffset() + in.readerIndex();
            } else {
                bytes = loop.input(length);
                in.getBytes(in.readerIndex(), bytes, 0, length);
            }
            if (leftover != null || isPaused()) {
                keep(bytes, from, length);
            } else {
                feed(bytes, from, length);
            }
        } finally {
            ReferenceCountUtil.release(in);
        }
    }

    private void feed(byte[] bytes, int from, int length) {
        if (mustStall()) {
            stall();
            keep(bytes, from, length);
            return;
        }
        int done = 0;
        feeding = true;
        try {
            while (done < length && !isPaused() && !closing) {
                done += parser.feed(bytes, from + done, length - done);
                if (discardRest) {
                    discardRest = false;
                    return;
                }
            }
        } finally {
            feeding = false;
        }
        if (done < length && !closing) {
            keep(bytes, from + done, length - done);
        }
    }

    private void keep(byte[] bytes, int from, int length) {
        if (leftover == null) {
            leftover = Arrays.copyOfRange(bytes, from, from + length);
        } else {
            int before = leftover.length;
            leftover = Arrays.copyOf(leftover, before + length);
            System.arraycopy(bytes, from, leftover, before, length);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (handler != null && !closing) {
            handler.readComplete();
        }
    }

    private boolean isPaused() {
        return pausedBySession || pausedByEdge || stalled;
    }

    /** Before login the negotiation itself sees to it that nobody gets in. */
    private boolean mustStall() {
        return handler != null && !edge.services().permit().isServing();
    }

    /** Neither reads nor writes until the node may serve again. */
    private void stall() {
        if (!stalled) {
            boolean before = isPaused();
            stalled = true;
            pauseChanged(before);
            loop.stalled(this);
        }
    }

    /** The node may serve again. */
    void goOn() {
        if (!stalled || closing) {
            return;
        }
        boolean before = isPaused();
        stalled = false;
        if (out != null) {
            loop.flushLater(this);
        }
        pauseChanged(before);
    }

    @Override
    public void reading(boolean on) {
        boolean before = isPaused();
        pausedBySession = !on;
        pauseChanged(before);
    }

    /** The same for the edge's own reasons. */
    void hold(boolean on) {
        boolean before = isPaused();
        pausedByEdge = on;
        pauseChanged(before);
    }

    private void pauseChanged(boolean before) {
        boolean now = isPaused();
        if (now == before || closing) {
            return;
        }
        if (now) {
            parser.stop();
            ctx.channel().config().setAutoRead(false);
        } else if (leftover == null) {
            read();
        } else {
            execute(this::goOnReading); // not from within the call that resumed us
        }
    }

    private void goOnReading() {
        if (isPaused() || closing) {
            return;
        }
        byte[] bytes = leftover;
        if (bytes != null) {
            leftover = null;
            feed(bytes, 0, bytes.length);
            channelReadComplete(ctx);
        }
        if (!isPaused() && leftover == null) {
            read();
            if (inputEnded) {
                endIfAllIsRead();
            }
        }
    }

    /** Not once the client's side has ended: its socket is in no epoll set any more, and asking for more would fail. */
    private void read() {
        if (!inputEnded) {
            ctx.channel().config().setAutoRead(true);
        }
    }

    /** What stands behind the element being told is not read (RFC 6120 §5.4.3.3). */
    void discardRestOfSegment() {
        discardRest = feeding;
        leftover = null;
        parser.stop();
    }

    /** The next thing to come is a stream header. */
    void restart() {
        parser.reset();
        headerSent = false;
    }

    void sweep() {
        int seconds = edge.settings().whitespacePingSeconds();
        if (silentSweeps < 2) {
            silentSweeps++;
        }
        if (silentSweeps > 1 && seconds > 0 && handler != null && !closing && pendingBytes == 0) {
            silentSweeps = 0;
            append(loop.xml().raw(" "));
        }
    }

    // ---- writing --------------------------------------------------------------------------------------------------

    @Override
    public void write(Stanza stanza) {
        XmlBuffer xml = loop.xml();
        stanza.writeTo(xml);
        if (append(xml)) {
            stanzasInOut++;
        }
    }

    @Override
    public void write(Element nonza) {
        XmlBuffer xml = loop.xml();
        StreamXml.element(xml, nonza);
        append(xml);
    }

    /** The stream header. */
    void writeHeader(String from, Optional<Jid> to) {
        id = edge.newStreamId();
        XmlBuffer xml = loop.xml();
        StreamXml.header(xml, id, from, to);
        append(xml);
        headerSent = true;
        log.debug("what=stream_opened id={} address={} host={}", id, address(), from);
    }

    /** Before a word was said. */
    void cut() {
        ctx.close();
    }

    /** The stream's first sink, for who sets it up. */
    void beginWithTls() {
        if (sink instanceof Negotiation negotiation) {
            negotiation.beginWithTls();
        }
    }

    LoginAdmission admission() {
        return edge.admission();
    }

    C2sSettings settings() {
        return edge.settings();
    }

    private boolean append(XmlBuffer xml) {
        if (closing) {
            return false;
        }
        int length = xml.length();
        if (out == null) {
            out = ctx.alloc().directBuffer(Math.max(OUT_BYTES, length));
            loop.flushLater(this);
        }
        out.writeBytes(xml.array(), 0, length);
        pendingBytes += length;
        if (pendingBytes > edge.settings().maxPendingBytes()) {
            log.debug("what=reader_too_slow id={} pending_bytes={}", id, pendingBytes);
            close(Optional.of(StreamError.Condition.RESOURCE_CONSTRAINT.error("too much is waiting to be read")));
        }
        return true;
    }

    /** Hands what was written to the channel. Called by the {@link StreamLoop}, never from within a write. */
    void flush() {
        ByteBuf bytes = out;
        if (bytes == null) {
            return;
        }
        if (!closing && mustStall()) {
            stall();
            return;
        }
        out = null;
        int stanzas = stanzasInOut;
        stanzasInOut = 0;
        int length = bytes.readableBytes();
        ctx.writeAndFlush(bytes).addListener(new Flush(this, stanzas, length));
    }

    /** What one flush held, for when the socket has taken it. */
    private record Flush(ClientConnection stream, int stanzas, int bytes) implements ChannelFutureListener {
        @Override
        public void operationComplete(ChannelFuture done) {
            stream.flushed(done.isSuccess(), stanzas, bytes);
        }
    }

    private void flushed(boolean taken, int stanzas, int bytes) {
        pendingBytes -= bytes;
        if (!taken) {
            ctx.close(); // no later byte may overtake the lost ones
            return;
        }
        if (stanzas > 0 && handler != null && !ended) {
            handler.taken(stanzas);
        }
        if (closing && out == null && pendingBytes == 0) {
            endOutput();
        }
    }

    @Override
    public long pendingBytes() {
        return pendingBytes;
    }

    // ---- closing --------------------------------------------------------------------------------------------------

    /** The client ended its stream: ours ends too (RFC 6120 §4.4). */
    void clientClosed() {
        clientClosed = true;
        close(Optional.empty());
    }

    @Override
    public void close(Optional<StreamError> error) {
        if (closing) {
            return;
        }
        if (!ctx.channel().isActive() || isHandshaking()) {
            closing = true;
            ctx.close();
            return;
        }
        if (!headerSent) {
            writeHeader(edge.services().hosts().defaultDomain(), Optional.empty());
        }
        error.ifPresent(e -> log.debug(
                "what=stream_error id={} address={} condition={} text=\"{}\"",
                id,
                address(),
                e.condition().elementName(),
                e.text()));
        XmlBuffer xml = loop.xml();
        error.ifPresent(e -> StreamXml.element(xml, e.toElement()));
        xml.raw("</stream:stream>");
        closeWith(xml);
    }

    /** Writes the last bytes, whatever waits already. */
    private void closeWith(XmlBuffer last) {
        if (handler != null && out != null && (stalled || mustStall())) {
            dropWritten();
        }
        if (out == null) {
            out = ctx.alloc().directBuffer(Math.max(OUT_BYTES, last.length()));
            loop.flushLater(this);
        }
        out.writeBytes(last.array(), 0, last.length());
        pendingBytes += last.length();
        beginClosing();
    }

    /**
     * A node outside of the view may say good bye, but no more. Whoever answers for these stanzas has seen no receipt
     * and delivers them elsewhere.
     */
    private void dropWritten() {
        pendingBytes -= out.readableBytes();
        stanzasInOut = 0;
        out.clear();
        if (stalled) {
            loop.flushLater(this); // a stalled stream is in no list of those to flush
        }
    }

    /** Nothing is read or written from here on; the connection ends when all is out, or after a while. */
    private void beginClosing() {
        if (sink instanceof Negotiation negotiation) {
            negotiation.gone();
        }
        sink = IgnoringSink.INSTANCE;
        leftover = null;
        parser.stop();
        closing = true;
        if (deadline != null) {
            deadline.cancel(false);
        }
        deadline = ctx.executor().schedule(() -> (Future<?>) ctx.close(), CLOSE_WITHIN_MS, TimeUnit.MILLISECONDS);
        read(); // to see the client's end, and so that no reset eats the error
    }

    private boolean isHandshaking() {
        return ctx.pipeline().first() != this && !security().isEncrypted();
    }

    /**
     * All is written. If the client ended its stream it awaits our end; else only our direction ends, since closing
     * with unread data in the socket would reset the connection before the client has read why.
     */
    private void endOutput() {
        if (clientClosed || inputEnded || !(ctx.channel() instanceof DuplexChannel duplex)) {
            ctx.close();
            return;
        }
        SslHandler tls = ctx.pipeline().get(SslHandler.class);
        if (tls == null) {
            duplex.shutdownOutput();
        } else {
            tls.closeOutbound().addListener(done -> duplex.shutdownOutput());
        }
    }

    // ---- the rest of ClientStream ---------------------------------------------------------------------------------

    @Override
    public String id() {
        return id;
    }

    @Override
    public String transport() {
        return edge.transport();
    }

    private SocketAddress address() {
        return RemoteAddress.of(ctx.channel());
    }

    @Override
    public Optional<SocketAddress> remoteAddress() {
        return Optional.ofNullable(address());
    }

    @Override
    public StreamSecurity security() {
        if (security == null) {
            security = edge.services().tls().security(ctx.channel());
        }
        return security;
    }

    @Override
    public boolean inEventLoop() {
        return loop.eventLoop().inEventLoop();
    }

    @Override
    public void execute(Runnable task) {
        try {
            loop.eventLoop().execute(task);
        } catch (RejectedExecutionException e) {
            log.trace("what=event_loop_stopped id={}", id, e); // its streams are closed already
        }
    }

    @Override
    public AutoCloseable schedule(Runnable task, Duration delay) {
        ScheduledFuture<?> planned = loop.eventLoop().schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        return () -> planned.cancel(false);
    }

    /** For the edge's own use; may be cancelled. */
    ScheduledFuture<?> later(long nanos, Runnable task) {
        return loop.eventLoop().schedule(task, nanos, TimeUnit.NANOSECONDS);
    }

    /** Puts TLS in front of this handler (RFC 6120 §5.4.3). What was written before goes out in the clear. */
    void startTls(java.util.function.Supplier<String> host) {
        flush();
        ctx.pipeline().addFirst("tls", edge.services().tlsServer().handler(host, handshakeTimeoutMs()));
    }

    private long handshakeTimeoutMs() {
        return edge.settings().loginTimeoutMs();
    }

    boolean isClosing() {
        return closing;
    }

    /** So that the sink can change without a new parser. */
    private final class Delegate implements StreamSink {
        @Override
        public void streamOpened(Element header, String defaultNamespace) {
            sink.streamOpened(header, defaultNamespace);
        }

        @Override
        public void stanza(Stanza stanza) {
            sink.stanza(stanza);
        }

        @Override
        public void malformedAddress(Element raw) {
            sink.malformedAddress(raw);
        }

        @Override
        public void nonza(Element element) {
            sink.nonza(element);
        }

        @Override
        public void streamClosed() {
            sink.streamClosed();
        }

        @Override
        public void streamError(StreamError error) {
            sink.streamError(error);
        }
    }
}
