package org.skein.cluster.strategy.online.internal;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
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
import org.skein.xmpp.Stanza;

/**
 * Every node knows who is online where, with last presence (DESIGN §6). Each node is the only writer of its own sessions
 * and feeds them to every other ({@link Feed}), which keeps a {@link Replica}; look-ups read {@link Whereabouts}. A
 * {@link Life} is what is between start and stop.
 */
@Component(
        configurationPid = "org.skein.cluster.strategy.online",
        property = {ClusteringStrategy.NAME + "=online", ClusteringStrategy.VERSION + ":Integer=1"})
@Designate(ocd = OnlineStrategy.Config.class)
public final class OnlineStrategy implements ClusteringStrategy {
    @ObjectClassDefinition(name = "Skein clustering strategy: online")
    @interface Config {
        @AttributeDefinition(
                description =
                        "Within how many seconds everything nodes know of each other is compared once; at least 1")
        int digest_interval() default 30;
    }

    private final Limits limits;
    private final LongSupplier runs;
    private final Counts counts = new Counts();
    private volatile Duration interval;
    private volatile Life life; // null before start and after stop
    private volatile Whereabouts whereabouts; // of the last life: a look-up may still be inside when it ends

    @Activate
    public OnlineStrategy(Config config) {
        this(
                Limits.USUAL,
                Duration.ofSeconds(30),
                () -> ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE));
        modified(config);
    }

    /** @param runs numbers for the runs, positive, never the same again */
    OnlineStrategy(Limits limits, Duration interval, LongSupplier runs) {
        this.limits = limits;
        this.interval = interval;
        this.runs = runs;
    }

    @Modified
    void modified(Config config) {
        interval = Duration.ofSeconds(Math.max(1, config.digest_interval()));
    }

    @Override
    public CompletionStage<Void> start(Context context) {
        Life begun = new Life(context, runs.getAsLong(), limits, () -> interval, counts);
        synchronized (this) {
            if (life != null) throw new IllegalStateException("it is started already");
            whereabouts = begun.whereabouts();
            life = begun;
        }
        return begun.begin();
    }

    @Override
    public void stop() {
        Life ended;
        synchronized (this) {
            ended = life;
            life = null;
        }
        if (ended != null) ended.end();
    }

    private Optional<Life> life() {
        return Optional.ofNullable(life);
    }

    @Override
    public NodeSet locate(Jid account) {
        return whereabouts.locate(account.toString());
    }

    @Override
    public Optional<Presences> presences(Jid account) {
        return Optional.of(whereabouts.presences(account));
    }

    @Override
    public CompletionStage<Void> bound(Jid full) {
        return life().map(l -> l.bound(full)).orElseGet(() -> CompletableFuture.failedFuture(Confirmation.reason()));
    }

    @Override
    public void presence(Jid full, Optional<Stanza> presence) {
        life().ifPresent(l -> l.presence(full, presence));
    }

    @Override
    public void unbound(Jid full) {
        life().ifPresent(l -> l.unbound(full));
    }

    @Override
    public void changed(View view) {
        life().ifPresent(l -> l.changed(view));
    }

    @Override
    public void publishes(NodeId member, boolean does) {
        life().ifPresent(l -> l.publishes(member, does));
    }

    @Override
    public void received(NodeId from, byte[] message) {
        throw new IllegalArgumentException("nothing is sent here without being asked for an answer");
    }

    @Override
    public CompletionStage<byte[]> called(NodeId from, byte[] request) {
        try {
            Life now = life().orElseThrow(() -> new IllegalStateException("it is not started"));
            return CompletableFuture.completedFuture(now.called(from, request));
        } catch (IllegalArgumentException | IllegalStateException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public Map<String, Long> figures() {
        Map<String, Long> figures = new LinkedHashMap<>();
        life().ifPresent(l -> l.figures(figures::put));
        counts.figures(figures::put);
        return figures;
    }
}
