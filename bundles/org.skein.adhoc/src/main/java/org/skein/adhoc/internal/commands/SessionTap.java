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
import org.skein.xmpp.Attribute;
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

    /** Of what is written out at all, for it is done on the thread of the session. */
    private static final int LARGE = 4096;

    private static final String DATA = "jabber:x:data";

    /** What is filled in there may be a password, whatever it is called. */
    private static final Set<String> SECRET =
            Set.of("jabber:iq:register", "jabber:iq:auth", "http://jabber.org/protocol/commands");

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
            if (text.length() > LONGEST) break;
            if (withTexts) {
                int size = size(e);
                text.append(' ').append(size > LARGE || isSecret(e, "") ? named(e, size) : told(e, ""));
            } else {
                text.append(' ').append(named(e, e.text().length()));
            }
        }
        return text.length() <= LONGEST ? text.toString() : text.substring(0, LONGEST) + "…";
    }

    private static String named(Element e, int length) {
        return "<" + e.name() + (length > 0 ? " of " + length + ">" : ">");
    }

    /** Characters inside, without those of the markup. */
    private static int size(Element e) {
        int size = 0;
        for (Attribute a : e.attributes()) size += a.name().length() + a.value().length();
        for (Object o : e.content()) {
            size += o instanceof Element child ? child.name().length() + size(child) : ((String) o).length();
        }
        return size;
    }

    /** Without the passwords in it. */
    private static Element told(Element e, String form) {
        Element.Builder told = Element.builder(e.name(), e.namespace());
        for (Attribute a : e.attributes()) told.attribute(a.namespace(), a.name(), a.value());
        if (isSecret(e, form)) return told.text("not shown: " + size(e)).build();
        String inside = e.is("x", DATA) ? e.attribute("type", "") : form;
        for (Object o : e.content()) {
            if (o instanceof Element child) told.child(told(child, inside));
            else told.text((String) o);
        }
        return told.build();
    }

    /** @param form the type of the form it is in; who submits one need not say of what types its fields are */
    private static boolean isSecret(Element e, String form) {
        if (SECRET.contains(e.namespace()) || e.name().equals("password")) return true;
        if (!e.is("field", DATA)) return false;
        String type = e.attribute("type", "");
        return type.equals("text-private") || type.isEmpty() && form.equals("submit") && !isFormType(e);
    }

    private static boolean isFormType(Element field) {
        return field.attribute("var", "").equals("FORM_TYPE");
    }
}
