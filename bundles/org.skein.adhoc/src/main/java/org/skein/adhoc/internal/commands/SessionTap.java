package org.skein.adhoc.internal.commands;

import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.skein.api.session.ClientProcessor;
import org.skein.api.session.DeliveryProcessor;
import org.skein.api.session.ProcessorOrder;
import org.skein.api.session.Session;
import org.skein.api.session.Verdict;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/** Keeps what goes in and out of a user's sessions on this node, up to a number; changes nothing. */
final class SessionTap implements ClientProcessor, DeliveryProcessor {
    /** All as long, so that they are in order as texts. */
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    /** Of one stanza. */
    private static final int LONGEST = 2000;

    private final Jid jid;
    private final int most;
    private final boolean withTexts;
    private final Clock clock;
    private final List<List<String>> rows = new ArrayList<>(); // guarded by this
    private final CompletableFuture<Void> full = new CompletableFuture<>();

    /** @param jid a user, or one session */
    SessionTap(Jid jid, int most, boolean withTexts, Clock clock) {
        this.jid = jid;
        this.most = most;
        this.withTexts = withTexts;
        this.clock = clock;
    }

    /** Completes when it has all it may have. */
    CompletableFuture<Void> full() {
        return full;
    }

    /** Time, session, direction, stanza; in the order seen. */
    synchronized List<List<String>> rows() {
        return List.copyOf(rows);
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
        keep(session, "in", stanza);
        return Verdict.next();
    }

    @Override
    public Verdict toSession(Session session, Stanza stanza) {
        keep(session, "out", stanza);
        return Verdict.next();
    }

    private void keep(Session session, String direction, Stanza stanza) {
        boolean isMeant =
                jid.isBare() ? session.jid().bare().equals(jid) : session.jid().equals(jid);
        if (!isMeant || full.isDone()) return;
        String time = TIME.format(clock.instant());
        List<String> row = List.of(time, session.jid().toString(), direction, described(stanza));
        boolean isLast;
        synchronized (this) {
            if (rows.size() >= most) return;
            rows.add(row);
            isLast = rows.size() == most;
        }
        if (isLast) full.complete(null);
    }

    /** Kind, type, id and addresses, and what it carries; of texts only how long they are, unless they are asked for. */
    private String described(Stanza stanza) {
        StringBuilder text = new StringBuilder(stanza.kind().elementName());
        if (!stanza.type().isEmpty()) text.append(' ').append(stanza.type());
        stanza.from().ifPresent(from -> text.append(" from ").append(from));
        stanza.to().ifPresent(to -> text.append(" to ").append(to));
        if (!stanza.id().isEmpty()) text.append(" id ").append(stanza.id());
        for (Element e : stanza.payload()) {
            if (withTexts) {
                text.append(' ').append(e);
            } else {
                text.append(" <").append(e.name());
                int length = e.text().length();
                text.append(length > 0 ? " of " + length + ">" : ">");
            }
        }
        return text.length() <= LONGEST ? text.toString() : text.substring(0, LONGEST) + "…";
    }
}
