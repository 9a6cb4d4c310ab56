package org.skein.examples.talk;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.skein.api.session.ClientProcessor;
import org.skein.api.session.ProcessorOrder;
import org.skein.api.session.Session;
import org.skein.api.session.Verdict;
import org.skein.examples.talk.Frequent.Count;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Ns;
import org.skein.xmpp.Stanza;

/**
 * Counts the messages clients of this node send: messages with a body, by bare address, from the moment this component
 * starts or is reset. What they say is not looked at. A message costs two look-ups; it is never held up or changed.
 */
@Component(service = {ClientProcessor.class, Talk.class})
public final class Talk implements ClientProcessor {
    /** Who wrote to whom. */
    record Pair(Jid from, Jid to) {}

    /** What there is between two resets: all of it goes at once. */
    private static final class Counted {
        private final Instant since;
        private final LongAdder messages = new LongAdder();
        private final Frequent<Jid> senders = new Frequent<>();
        private final Frequent<Pair> pairs = new Frequent<>();

        Counted(Instant since) {
            this.since = since;
        }
    }

    private final Clock clock;
    private volatile Counted counted;

    @Activate
    public Talk() {
        this(Clock.systemUTC());
    }

    Talk(Clock clock) {
        this.clock = clock;
        reset();
    }

    @Override
    public int order() {
        return ProcessorOrder.LAST; // what others refused was not sent
    }

    @Override
    public Set<Stanza.Kind> kinds() {
        return Set.of(Stanza.Kind.MESSAGE);
    }

    @Override
    public Verdict fromClient(Session session, Stanza stanza) {
        if (!stanza.isError() && stanza.hasChild("body", Ns.CLIENT)) {
            Jid from = session.account().jid();
            add(from, stanza.to().map(Jid::bare).orElse(from)); // RFC 6120 §10.3.1: to oneself
        }
        return Verdict.next();
    }

    void add(Jid from, Jid to) {
        Counted now = counted;
        now.messages.increment();
        now.senders.add(from);
        now.pairs.add(new Pair(from, to));
    }

    /** Begins anew. @return messages counted until now */
    long reset() {
        Counted before = counted;
        counted = new Counted(clock.instant());
        return before == null ? 0 : before.messages.sum();
    }

    Instant since() {
        return counted.since;
    }

    long messages() {
        return counted.messages.sum();
    }

    List<Count<Jid>> senders() {
        return counted.senders.counts();
    }

    List<Count<Pair>> pairs() {
        return counted.pairs.counts();
    }
}
