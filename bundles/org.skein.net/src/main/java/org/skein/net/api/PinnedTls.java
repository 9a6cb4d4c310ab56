package org.skein.net.api;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandler;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Predicate;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.osgi.annotation.versioning.ProviderType;

/**
 * TLS 1.3 between processes that know each other by their certificates: both show one, and only its fingerprint counts;
 * no authority, name or date is looked at. Any thread; what reads or writes files is not for event loops.
 */
@ProviderType
public interface PinnedTls {
    /** A certificate this node made for itself, with its key. */
    @ProviderType
    interface Identity {
        /** SHA-256 of the certificate in lower-case hex. */
        String fingerprint();

        Instant expires();
    }

    /** What is needed to shake hands as one identity. Closing it ends no connection that is established. */
    @ProviderType
    interface Context extends AutoCloseable {
        /** A handler for the front of one pipeline, for the side that accepted the connection. */
        ChannelHandler server(ByteBufAllocator allocator, long handshakeTimeoutMs);

        /** A handler for the front of one pipeline, for the side that dialled. */
        ChannelHandler client(ByteBufAllocator allocator, long handshakeTimeoutMs);

        @Override
        void close();
    }

    /**
     * The identity kept under a name; empty if there is none, or (logged) it cannot be read.
     *
     * @param name a relative path without ending, below the node's data folder
     */
    Optional<Identity> kept(String name);

    /** Makes an identity and keeps it under a name, in place of what was there. */
    Identity make(String name, Duration valid) throws IOException;

    /** The identity kept under one name is kept under another from now on. */
    void rename(String from, String to) throws IOException;

    /** @param known whether a certificate with that fingerprint may take part; asked on event loops, must not block */
    Context context(Identity identity, Predicate<String> known) throws SSLException;

    /** The fingerprint of the certificate the other end showed; after the handshake. */
    Optional<String> peer(SSLSession session);
}
