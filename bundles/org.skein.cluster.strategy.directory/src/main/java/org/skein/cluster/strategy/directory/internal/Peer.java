package org.skein.cluster.strategy.directory.internal;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.strategy.ClusteringStrategy.Context;

/**
 * Another member. What is to be said to it goes out one message after the other, a moment after it arose: what arises
 * meanwhile goes with it.
 */
final class Peer {
    private static final Duration SOON = Duration.ofMillis(1);
    private static final Duration LATE = Duration.ofMillis(50);

    /** Takes messages on their way. */
    interface Post {
        void send(Peer peer, Link link, Batch batch);

        void refused(Link link, List<LookUp> lookUps);
    }

    final NodeId id;

    /** Held while something it said is taken in, and while it is forgotten. Taken before the directory's lock. */
    final Object hearing = new Object();

    /** Lives of it that are over. Guarded by the directory's lock. */
    final Set<Long> over = new HashSet<>();

    /** Written under the directory's lock. */
    volatile boolean publishing;

    volatile Link link;

    private final Context context;
    private final Post post;

    // Guarded by this.
    private boolean soon;
    private boolean late;
    private boolean sending;
    private boolean again;
    private boolean waits;

    Peer(NodeId id, Context context, Post post) {
        this.id = id;
        this.context = context;
        this.post = post;
    }

    void wake(boolean isSoon) {
        synchronized (this) {
            if (soon || late && !isSoon) return;
            if (isSoon) soon = true;
            else late = true;
        }
        context.later(isSoon ? SOON : LATE, this::send);
    }

    private void send() {
        synchronized (this) {
            soon = false;
            late = false;
            again = sending;
            if (sending) return;
            sending = true;
        }
        boolean more;
        try {
            more = true;
            while (more) more = sendNext();
        } finally {
            synchronized (this) {
                sending = false;
                more = again;
                again = false;
            }
        }
        if (more) wake(true);
    }

    private boolean sendNext() {
        Link now = link;
        if (!context.isWritable(id)) {
            post.refused(now, now.takeAsks());
            whenWritable();
            return false;
        }
        Optional<Batch> next = now.next();
        next.ifPresent(batch -> post.send(this, now, batch));
        return next.isPresent();
    }

    private void whenWritable() {
        synchronized (this) {
            if (waits) return;
            waits = true;
        }
        context.whenWritable(id, () -> {
            synchronized (this) {
                waits = false;
            }
            wake(true);
        });
    }
}
