package org.skein.adhoc.internal.commands;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.skein.api.session.Session;
import org.skein.xmpp.Stanza;

/** What is shown of sessions. */
final class SessionText {
    private SessionText() {}

    static String presence(Session session) {
        if (!session.isConnected()) return "detached";
        Optional<Stanza> presence = session.presence();
        if (presence.isEmpty()) return "connected";
        String show = presence.get().payload().stream()
                .filter(e -> e.name().equals("show"))
                .map(e -> e.text().strip())
                .findFirst()
                .orElse("available");
        return show + " " + session.priority();
    }

    static String from(Session session) {
        return session.remoteAddress().map(SessionText::address).orElse("");
    }

    private static String address(SocketAddress address) {
        return address instanceof InetSocketAddress a ? host(a) + ":" + a.getPort() : address.toString();
    }

    /** Without name or port. */
    static String host(SocketAddress address) {
        return address instanceof InetSocketAddress a && a.getAddress() != null
                ? a.getAddress().getHostAddress()
                : address.toString();
    }

    /** XEP-0082. */
    static String time(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
