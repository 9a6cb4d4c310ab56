package org.skein.api.session;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;
import org.skein.api.auth.StreamSecurity;
import org.skein.xmpp.Element;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StreamError;

/**
 * A client's stream as an edge offers it to the session manager: TCP, BOSH or WebSocket. Methods are called on the
 * stream's event loop, except {@link #id}, {@link #transport}, {@link #remoteAddress}, {@link #security},
 * {@link #inEventLoop}, {@link #execute} and {@link #schedule}, which any thread may call, and which go on working after
 * the stream has ended: a session that may be resumed lives on at its last stream's event loop.
 */
@ConsumerType
public interface ClientStream {
    /** The stream's id (RFC 6120 §4.7.3). */
    String id();

    /** {@code c2s}, {@code bosh}, {@code websocket} or {@link Session#WARM_UP}. */
    String transport();

    Optional<SocketAddress> remoteAddress();

    StreamSecurity security();

    boolean inEventLoop();

    /** Runs a task on the stream's event loop, later, in the order given. */
    void execute(Runnable task);

    /** Runs a task on the stream's event loop after a delay; closing the answer cancels it. */
    AutoCloseable schedule(Runnable task, Duration delay);

    /** Writes a stanza. Bytes leave at the end of the current batch. The edge reports them in {@link StreamHandler#taken}. */
    void write(Stanza stanza);

    /** Writes an element that is no stanza, behind what was written before. */
    void write(Element nonza);

    /** Bytes written that the socket has not taken. */
    long pendingBytes();

    /** Stops (or goes on) reading from the client; calls may repeat. What was read already may still come. */
    void reading(boolean on);

    /** Ends the stream, with an error if present; what was written before still goes out. Calls may repeat. */
    void close(Optional<StreamError> error);
}
