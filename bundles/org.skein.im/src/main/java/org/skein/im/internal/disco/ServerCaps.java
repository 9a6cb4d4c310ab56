package org.skein.im.internal.disco;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.session.StreamFeatures;
import org.skein.xmpp.Element;

/** The server's own capabilities as a stream feature (XEP-0115 §6.3), so that clients need not ask at each login. */
@Component(service = {ServerCaps.class, StreamFeatures.class})
public final class ServerCaps implements StreamFeatures {
    private static final String NODE = "urn:skein:server";
    /** What contributors say may change with their settings, unannounced. */
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(10);

    private record Known(String ver, Object generation, long at) {}

    private final Disco disco;
    private final LongSupplier nanoTime;
    private final Map<String, Known> known = new ConcurrentHashMap<>();

    @Activate
    public ServerCaps(@Reference Disco disco) {
        this(disco, System::nanoTime);
    }

    ServerCaps(Disco disco, LongSupplier nanoTime) {
        this.disco = disco;
        this.nanoTime = nanoTime;
    }

    @Override
    public List<Element> features(Phase phase, String host, boolean encrypted) {
        if (phase != Phase.AFTER_LOGIN) {
            return List.of();
        }
        return List.of(Element.builder("c", "http://jabber.org/protocol/caps")
                .attribute("hash", "sha-1")
                .attribute("node", NODE)
                .attribute("ver", ver(host))
                .build());
    }

    /** True for the disco node of the host's current capabilities. */
    boolean isOurs(String node, String host) {
        return node.startsWith(NODE + '#') && node.substring(NODE.length() + 1).equals(ver(host));
    }

    private String ver(String host) {
        Known last = known.get(host);
        long now = nanoTime.getAsLong();
        if (last != null && last.generation() == disco.generation() && now - last.at() < FRESH_NANOS) {
            return last.ver();
        }
        String ver = CapsHash.of(disco.host(host));
        known.put(host, new Known(ver, disco.generation(), now));
        return ver;
    }
}
