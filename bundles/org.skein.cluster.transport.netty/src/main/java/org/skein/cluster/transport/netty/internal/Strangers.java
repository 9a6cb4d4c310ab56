package org.skein.cluster.transport.netty.internal;

import io.netty.channel.Channel;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Connections that have not said yet who they are. There are never more than a few: the oldest makes room, so that those
 * who just sit there keep nobody out.
 */
final class Strangers {
    private final int most;
    private final Set<Channel> channels = new LinkedHashSet<>();

    Strangers(int most) {
        this.most = most;
    }

    void add(Channel channel) {
        Channel oldest = null;
        synchronized (this) {
            if (channels.size() >= most) {
                Iterator<Channel> first = channels.iterator();
                oldest = first.next();
                first.remove();
            }
            channels.add(channel);
        }
        if (oldest != null) oldest.close();
    }

    synchronized void remove(Channel channel) {
        channels.remove(channel);
    }

    synchronized int count() {
        return channels.size();
    }

    void closeAll() {
        Set<Channel> all;
        synchronized (this) {
            all = Set.copyOf(channels);
        }
        all.forEach(Channel::close);
    }
}
