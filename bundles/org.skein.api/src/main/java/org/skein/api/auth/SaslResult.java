package org.skein.api.auth;

import org.skein.xmpp.Jid;

/** One step of a SASL exchange, as answered by the server (RFC 6120 §6.4). */
public sealed interface SaslResult {
    /** More is needed; {@code data} goes out as it is (the edge encodes it in base64). */
    record Challenge(byte[] data) implements SaslResult {}

    /** Authenticated as {@code account} (bare); {@code data} is additional data with success, maybe empty. */
    record Success(Jid account, byte[] data) implements SaslResult {}

    /**
     * Refused. {@code condition} is an element name of RFC 6120 §6.5 ({@code not-authorized},
     * {@code temporary-auth-failure} …), {@code text} is for people and may be empty.
     */
    record Failure(String condition, String text) implements SaslResult {}
}
