package org.skein.cluster.strategy.directory.internal;

import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeSet;
import org.skein.cluster.api.View;
import org.skein.cluster.api.strategy.ClusteringStrategy;
import org.skein.xmpp.Jid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who holds an account is kept by two members, found by rendezvous hashing; others ask them and remember the answer, of
 * which they are told the changes (CLUSTER 19).
 */
@Component(configurationPid = "org.skein.cluster.strategy.directory", property = ClusteringStrategy.NAME + "=directory")
@Designate(ocd = DirectoryStrategy.Config.class)
public final class DirectoryStrategy implements ClusteringStrategy {
    /** Settings of PID {@code org.skein.cluster.strategy.directory}. */
    @ObjectClassDefinition(name = "Skein clustering strategy: directory")
    public @interface Config {
        @AttributeDefinition(
                description = "Accounts of other nodes of which this one remembers where they are; 0 = none")
        int cache_entries() default 100_000;
    }

    private static final Logger log = LoggerFactory.getLogger(DirectoryStrategy.class);
    private static final CompletionStage<Void> DONE = CompletableFuture.completedFuture(null);
    private static final int MAX_RENEWAL_SECONDS = 64;

    private volatile Directory directory; // null while it is not started
    private volatile Directory stopped; // for calls that are late; null if there was none
    private volatile int cacheEntries;

    // Guarded by this.
    private final Set<NodeId> publishing = new HashSet<>();
    private Context context;
    private int renewals;

    @Activate
    public DirectoryStrategy(Config config) {
        this(config.cache_entries());
    }

    DirectoryStrategy(int cacheEntries) {
        this.cacheEntries = Math.max(0, cacheEntries);
    }

    @Modified
    void modified(Config config) {
        cacheEntries = Math.max(0, config.cache_entries());
        Directory d = directory;
        if (d != null) d.cacheEntries(cacheEntries);
    }

    @Override
    public CompletionStage<Void> start(Context now) {
        Directory next;
        synchronized (this) {
            context = now;
            renewals = 0;
            publishing.clear();
            publishing.addAll(now.publishing());
            next = directory(true);
            directory = next;
        }
        return next.start();
    }

    private Directory directory(boolean isNew) {
        long life;
        do {
            life = ThreadLocalRandom.current().nextLong();
        } while (life == 0);
        return new Directory(context, life, Set.copyOf(publishing), isNew, cacheEntries, this::renewLater);
    }

    @Override
    public void stop() {
        Directory last;
        synchronized (this) {
            last = directory;
            stopped = last;
            directory = null;
        }
        if (last != null) last.end();
    }

    /**
     * Another member takes this life of the directory to be over, and has forgotten what it was told: after a message it
     * could not take, for one. All begins anew, more and more slowly if that does not help.
     */
    private synchronized void renewLater(Directory old) {
        if (directory != old) return;
        int seconds = renewals == 0 ? 0 : Math.min(1 << Math.min(renewals, 6), MAX_RENEWAL_SECONDS);
        renewals++;
        log.warn("what=directory_renewed reason=\"another node gave this one up\" after_s={}", seconds);
        Context now = context;
        now.later(Duration.ofSeconds(seconds), () -> renew(now, old));
    }

    /** How often that was. */
    synchronized int renewals() {
        return renewals;
    }

    private void renew(Context now, Directory old) {
        Directory next;
        synchronized (this) {
            if (directory != old) return;
            next = directory(false);
            directory = next;
        }
        old.close();
        next.start();
        old.handOver(next);
    }

    @Override
    public NodeSet locate(Jid account) {
        Directory d = directory;
        if (d == null) d = stopped;
        return d == null ? NodeSet.none() : d.locate(account);
    }

    /** What happens while a life takes over from another is told to both. */
    @Override
    public CompletionStage<Void> bound(Jid full) {
        while (true) {
            Directory d = directory;
            if (d == null) return DONE;
            CompletionStage<Void> found = d.bound(full);
            if (d == directory) return found;
        }
    }

    @Override
    public void unbound(Jid full) {
        Directory d = directory;
        while (d != null) {
            d.unbound(full);
            Directory now = directory;
            if (now == d) return;
            d = now;
        }
    }

    @Override
    public void changed(View view) {
        Directory d = directory;
        while (d != null) {
            d.changed(view);
            Directory now = directory;
            if (now == d) return;
            d = now;
        }
    }

    @Override
    public void publishes(NodeId member, boolean does) {
        synchronized (this) {
            if (does) publishing.add(member);
            else publishing.remove(member);
        }
        Directory d = directory;
        while (d != null) {
            d.publishes(member, does);
            Directory now = directory;
            if (now == d) return;
            d = now;
        }
    }

    @Override
    public void received(NodeId from, byte[] message) {
        throw new IllegalArgumentException("nothing is said but requests");
    }

    @Override
    public CompletionStage<byte[]> called(NodeId from, byte[] request) {
        Directory d = directory;
        CompletionStage<byte[]> answer = d == null ? null : d.called(from, request);
        // One that is over keeps nothing that it confirms.
        return d != null && d == directory
                ? answer
                : CompletableFuture.failedFuture(new IllegalStateException("not running"));
    }

    @Override
    public Map<String, Long> figures() {
        Directory d = directory;
        return d == null ? Map.of() : d.figures();
    }
}
