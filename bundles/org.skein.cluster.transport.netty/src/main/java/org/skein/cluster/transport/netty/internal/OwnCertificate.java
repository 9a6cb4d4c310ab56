package org.skein.cluster.transport.netty.internal;

import java.io.IOException;
import java.time.Clock;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.skein.net.api.PinnedTls;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's certificate, and the next one while they change:
 * <pre>
 * ONE ──renew──▶ NEXT ANNOUNCED ──published──▶ (grace: peers look it up) ──▶ ONE, the next
 * </pre>
 * Both are kept in files, so a restart in between goes on. Connections that stand are left alone.
 */
final class OwnCertificate implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(OwnCertificate.class);
    private static final String PRESENT = "cluster/node";
    private static final String NEXT = "cluster/node-next";

    private final PinnedTls tls;
    private final Settings settings;
    private final Clock clock;
    private final Predicate<String> known;
    private final BiConsumer<Runnable, Long> later;
    private final CopyOnWriteArrayList<Runnable> listeners = new CopyOnWriteArrayList<>();

    private PinnedTls.Identity present;
    private PinnedTls.Identity next;
    private boolean promoting;
    private boolean closed;
    private volatile PinnedTls.Context context;

    /** @param later runs a task after milliseconds, on a thread that may touch files */
    OwnCertificate(
            PinnedTls tls, Settings settings, Clock clock, Predicate<String> known, BiConsumer<Runnable, Long> later)
            throws IOException {
        this.tls = tls;
        this.settings = settings;
        this.clock = clock;
        this.known = known;
        this.later = later;
        Optional<PinnedTls.Identity> kept = tls.kept(PRESENT);
        present = kept.isPresent() ? kept.get() : tls.make(PRESENT, settings.certificateValid);
        next = kept.isPresent() ? tls.kept(NEXT).orElse(null) : null;
        context = tls.context(present, known);
    }

    PinnedTls.Context context() {
        return context;
    }

    synchronized Set<String> fingerprints() {
        Set<String> all = new LinkedHashSet<>();
        all.add(present.fingerprint());
        if (next != null) all.add(next.fingerprint());
        return Collections.unmodifiableSet(all);
    }

    void onChange(Runnable changed) {
        listeners.add(changed);
    }

    /** Makes the next one if the present one ends soon. Touches files. */
    void check() {
        boolean ends;
        synchronized (this) {
            ends = present.expires().isBefore(clock.instant().plus(settings.renewBefore));
        }
        if (ends) renew();
    }

    /** Touches files. */
    void renew() {
        synchronized (this) {
            if (closed || next != null) return;
            try {
                next = tls.make(NEXT, settings.certificateValid);
            } catch (IOException e) {
                log.error("what=cluster_certificate_not_renewed until={}", present.expires(), e);
                return;
            }
        }
        changed();
    }

    void published(Set<String> fingerprints) {
        synchronized (this) {
            if (closed || promoting || next == null || !fingerprints.contains(next.fingerprint())) return;
            promoting = true;
        }
        later.accept(this::promote, (long) settings.graceMs);
    }

    private void promote() {
        synchronized (this) {
            promoting = false;
            if (closed || next == null) return;
            try {
                PinnedTls.Context fresh = tls.context(next, known);
                tls.rename(NEXT, PRESENT);
                PinnedTls.Context before = context;
                context = fresh;
                before.close();
            } catch (IOException e) {
                log.error("what=cluster_certificate_not_used fingerprint={}", next.fingerprint(), e);
                return;
            }
            present = next;
            next = null;
            log.info("what=cluster_certificate_renewed fingerprint={}", present.fingerprint());
        }
        changed();
    }

    private void changed() {
        for (Runnable listener : listeners) {
            try {
                listener.run();
            } catch (RuntimeException e) {
                log.error("what=listener_failed", e);
            }
        }
    }

    @Override
    public synchronized void close() {
        if (closed) return;
        closed = true;
        context.close();
    }
}
