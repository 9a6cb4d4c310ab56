package org.skein.api.session;

import java.net.SocketAddress;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import org.osgi.annotation.versioning.ProviderType;
import org.skein.api.component.DeliveryListener;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StreamError;

/**
 * A connected resource (RFC 6121 §1): its stream, its presence, and what waits for it. It outlives its stream while the
 * client may resume. Methods may be called from any thread, except where they say "event loop".
 */
@ProviderType
public interface Session {
    /** The mark of sessions that are available. */
    String AVAILABLE = "available";

    /** The {@link #transport} of a node's own sessions, in the moment after its start or another's; no account stands behind them. */
    String WARM_UP = "warm-up";

    /** The local parts of their users, with random digits. */
    Pattern WARM_UP_NAME = Pattern.compile(WARM_UP + "-[0-9a-f]{24}");

    /** The full JID. */
    Jid jid();

    /** Unique on this node, for logs and commands. */
    String id();

    OnlineAccount account();

    /** False while the client has lost its stream and may resume. */
    boolean isConnected();

    /** The last available presence the client broadcast; empty before, and after it went unavailable. */
    Optional<Stanza> presence();

    default boolean isAvailable() {
        return presence().isPresent();
    }

    /** Priority of {@link #presence} (-128 to 127); 0 where not available. */
    int priority();

    /**
     * Sets the presence (of the processor that handles it), tells the {@link SessionListener}s, and lets offline
     * messages flow if the session now accepts them. Event loop.
     */
    void presence(Optional<Stanza> presence);

    /**
     * Delivers a stanza to this client, behind all given before. Never blocks.
     *
     * @param listener told when the client has it; {@code ABSENT} if the session ended first
     */
    void send(Stanza stanza, DeliveryListener listener);

    /** The same for what is safe at hand-over. */
    default void send(Stanza stanza) {
        send(stanza, DeliveryListener.NONE);
    }

    /** Runs on this session's event loop (at once if the caller is on it), behind what was given before. */
    void execute(Runnable task);

    /** Ends the session and its stream with an error. It cannot be resumed. */
    void close(StreamError error);

    /**
     * Closes the stream with an error. A session that can be resumed waits to be, on any node of the cluster; another is
     * ended properly: {@code unavailable} to all who saw it, what waits for it to the spool.
     */
    default void redirect(StreamError error) {
        close(error);
    }

    /** A slot for a processor's own data about this session. Event loop. */
    <T> Optional<T> get(Class<T> key);

    /** Sets (or with null clears) a slot. Event loop. */
    <T> void put(Class<T> key, T value);

    /**
     * Sets or takes away a mark other nodes of the cluster see in {@link RemoteSession#has}, where the account has
     * sessions there too. {@link #AVAILABLE} is set by the session manager.
     *
     * @return completes when those nodes know, or have left
     */
    CompletionStage<Void> mark(String mark, boolean on);

    boolean has(String mark);

    Instant boundAt();

    /** When the client last sent a stanza. */
    Instant lastActivity();

    /** {@code c2s}, {@code bosh}, {@code websocket} or {@link #WARM_UP}. */
    String transport();

    Optional<SocketAddress> remoteAddress();

    /** For operators; empty without TLS. */
    String security();
}
