package org.skein.cluster.core.internal;

import java.time.Clock;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.skein.api.session.AccountProcessor;
import org.skein.api.session.ClientProcessor;
import org.skein.api.session.DeliveryProcessor;
import org.skein.api.session.ProcessorOrder;
import org.skein.api.session.Session;
import org.skein.api.session.Verdict;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/**
 * Taps on this node that tell of one account's stanzas, for {@code cluster:trace} at any node. A tap costs nothing when
 * there is none, says at most {@link #LINES_PER_SECOND} lines, and ends unless the console that wants it says so anew
 * within {@link #LEASE}. Texts people wrote are never told, only how long they are.
 */
final class Tracing {
    static final long LEASE = TimeUnit.SECONDS.toNanos(6);
    static final int LINES_PER_SECOND = 200;

    private final Map<String, Tap> taps = new ConcurrentHashMap<>();
    private final Function<Tap, AutoCloseable> registrar;
    private final LongSupplier nanos;
    private final Clock clock;

    /** @param registrar registers a tap as a processor of all three kinds; closing the answer takes it away */
    Tracing(Function<Tap, AutoCloseable> registrar, LongSupplier nanos, Clock clock) {
        this.registrar = registrar;
        this.nanos = nanos;
        this.clock = clock;
    }

    /** Begins to tap, or goes on for another {@link #LEASE}. */
    synchronized void tap(String id, Jid account, Consumer<String> lines) {
        Tap tap = taps.get(id);
        if (tap == null) {
            tap = new Tap(account.bare(), lines);
            taps.put(id, tap);
            tap.registration = registrar.apply(tap);
        }
        tap.until = nanos.getAsLong() + LEASE;
    }

    synchronized void untap(String id) {
        end(taps.remove(id));
    }

    /** To be called each second or so. */
    synchronized void expire() {
        long now = nanos.getAsLong();
        taps.entrySet().removeIf(e -> {
            boolean over = now - e.getValue().until > 0;
            if (over) end(e.getValue());
            return over;
        });
    }

    synchronized void close() {
        taps.values().forEach(Tracing::end);
        taps.clear();
    }

    int count() {
        return taps.size();
    }

    private static void end(Tap tap) {
        if (tap == null || tap.registration == null) return;
        try {
            tap.registration.close();
        } catch (Exception e) { // AutoCloseable declares it; unregistering a second time does no harm
            tap.registration = null;
        }
    }

    /** The kind, type, id and addresses of a stanza, and what it carries, without what people wrote. */
    static String describe(Stanza stanza) {
        StringBuilder text = new StringBuilder(stanza.kind().elementName());
        if (!stanza.type().isEmpty()) text.append(' ').append(stanza.type());
        stanza.from().ifPresent(from -> text.append(" from ").append(from));
        stanza.to().ifPresent(to -> text.append(" to ").append(to));
        if (!stanza.id().isEmpty()) text.append(" id ").append(cut(stanza.id()));
        for (Element e : stanza.payload()) {
            text.append(" <").append(e.name());
            int length = e.text().length();
            if (length > 0) text.append(" of ").append(length);
            text.append('>');
        }
        return text.toString();
    }

    private static String cut(String id) {
        return id.length() <= 40 ? id : id.substring(0, 40) + "…";
    }

    /** One tap; sees everything and changes nothing. */
    final class Tap implements ClientProcessor, AccountProcessor, DeliveryProcessor {
        private final Jid account;
        private final Consumer<String> lines;
        private final AtomicInteger said = new AtomicInteger();
        private volatile long until;
        private volatile long second;
        private AutoCloseable registration; // guarded by Tracing

        private Tap(Jid account, Consumer<String> lines) {
            this.account = account;
            this.lines = lines;
        }

        @Override
        public int order() {
            return ProcessorOrder.FIRST;
        }

        @Override
        public Set<Stanza.Kind> kinds() {
            return Set.of(Stanza.Kind.MESSAGE, Stanza.Kind.PRESENCE, Stanza.Kind.IQ);
        }

        @Override
        public Verdict fromClient(Session session, Stanza stanza) {
            if (session.jid().bare().equals(account))
                say("sent by " + session.jid().resource(), stanza);
            return Verdict.next();
        }

        @Override
        public Verdict toAccount(Jid to, Stanza stanza) {
            if (to.equals(account)) say("routed", stanza);
            return Verdict.next();
        }

        @Override
        public Verdict toSession(Session session, Stanza stanza) {
            if (session.jid().bare().equals(account))
                say("written to " + session.jid().resource(), stanza);
            return Verdict.next();
        }

        private void say(String what, Stanza stanza) {
            long now = TimeUnit.NANOSECONDS.toSeconds(nanos.getAsLong());
            if (now != second) {
                second = now;
                int before = said.getAndSet(0);
                if (before > LINES_PER_SECOND) lines.accept((before - LINES_PER_SECOND) + " more not shown");
            }
            if (said.incrementAndGet() > LINES_PER_SECOND) return;
            LocalTime time = LocalTime.ofInstant(clock.instant(), ZoneId.systemDefault());
            lines.accept(time.truncatedTo(ChronoUnit.MILLIS) + "\t" + what + "\t" + describe(stanza));
        }
    }
}
