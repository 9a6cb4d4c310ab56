package org.skein.cluster.core.internal.peers;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.skein.cluster.api.PeerHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who hears a channel on this node; bundles come and go while messages arrive. */
public final class PeerHandlers {
    private static final Logger log = LoggerFactory.getLogger(PeerHandlers.class);

    private final Map<String, PeerHandler> byChannel = new ConcurrentHashMap<>();

    /** The one added last has the channel: a bundle being updated may overlap with itself. */
    public void add(String channel, PeerHandler handler) {
        if (channel == null || !PeerFrame.isChannel(channel)) {
            log.error(
                    "what=peer_channel_refused channel={} class={}",
                    channel,
                    handler.getClass().getName());
            return;
        }
        PeerHandler before = byChannel.put(channel, handler);
        if (before != null && before != handler) {
            log.warn(
                    "what=peer_channel_taken channel={} class={} before={}",
                    channel,
                    handler.getClass().getName(),
                    before.getClass().getName());
        }
    }

    public void remove(String channel, PeerHandler handler) {
        if (channel != null) byChannel.remove(channel, handler);
    }

    PeerHandler get(String channel) {
        return byChannel.get(channel);
    }
}
