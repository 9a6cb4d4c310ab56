package org.skein.im.internal.presence;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.session.Session;
import org.skein.api.session.Sessions;
import org.skein.cluster.api.strategy.ClusteringStrategy.Presences;
import org.skein.im.internal.account.OtherNodes;
import org.skein.im.internal.blocking.BlockList;
import org.skein.im.internal.blocking.BlockLists;
import org.skein.xmpp.Jid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers in place of contacts on other nodes, where the strategy keeps their presence, the probes of a session that
 * becomes available (RFC 6121 §4.3.2): so nobody is asked. The user's own roster says whom he may see, the contact's
 * block list who may not.
 */
@Component(service = AnswersHere.class)
public final class AnswersHere {
    private static final Logger log = LoggerFactory.getLogger(AnswersHere.class);

    private final Sessions sessions;
    private final OtherNodes others;
    private final BlockLists lists;
    private final SeenPresence seen;
    private final Arrivals arrivals;

    @Activate
    public AnswersHere(
            @Reference Sessions sessions,
            @Reference OtherNodes others,
            @Reference BlockLists lists,
            @Reference SeenPresence seen,
            @Reference Arrivals arrivals) {
        this.sessions = sessions;
        this.others = others;
        this.lists = lists;
        this.seen = seen;
        this.arrivals = arrivals;
    }

    /**
     * On the session's event loop.
     *
     * @param contacts those the user has a subscription to, and his own account for its resources on other nodes
     * @param ask given who is to be probed: at once, and those of whom it is not known at once another time
     */
    void answer(Session session, Collection<Jid> contacts, Consumer<List<Jid>> ask) {
        Awaited awaited = arrivals.since(session).orElse(null);
        if (awaited == null) {
            asked(List.copyOf(contacts), ask);
            return;
        }
        Answer answer = new Answer(session, awaited, sessions, seen);
        List<Jid> asked = new ArrayList<>();
        List<Jid> missing = new ArrayList<>();
        for (Jid contact : contacts) {
            Presences kept = kept(session, contact).orElse(null);
            BlockList theirs = kept == null ? null : lists.inMemory(contact);
            if (kept != null && theirs == null && !answer.isOwn(contact)) missing.add(contact);
            else if (kept == null || !answer.give(contact, kept, theirs)) asked.add(contact);
        }
        asked(asked, ask);
        if (missing.isEmpty()) arrivals.told(session);
        else lists.loadAll(missing).thenAccept(loaded -> session.execute(() -> answer(answer, missing, loaded, ask)));
    }

    /** Now that the block lists of those contacts are there, or cannot be read. */
    private void answer(Answer answer, List<Jid> contacts, Map<Jid, BlockList> loaded, Consumer<List<Jid>> ask) {
        Session session = answer.session();
        if (arrivals.since(session).isEmpty()) return; // it is not available any more
        if (loaded.size() < contacts.size()) {
            log.debug("what=contacts_asked jid={} block_lists={} of={}", session.jid(), loaded.size(), contacts.size());
        }
        List<Jid> asked = new ArrayList<>();
        for (Jid contact : contacts) {
            BlockList theirs = loaded.get(contact);
            boolean given = theirs != null
                    && kept(session, contact)
                            .filter(kept -> answer.give(contact, kept, theirs))
                            .isPresent();
            if (!given) asked.add(contact);
        }
        arrivals.told(session);
        asked(asked, ask);
    }

    private static void asked(List<Jid> contacts, Consumer<List<Jid>> ask) {
        if (!contacts.isEmpty()) ask.accept(contacts);
    }

    /** All there is to know of an account's presence, if that is known; not of one that has sessions here as well. */
    private Optional<Presences> kept(Session session, Jid contact) {
        if (!contact.equals(session.jid().bare()) && sessions.account(contact).isPresent()) return Optional.empty();
        return others.presences(contact)
                .filter(kept -> kept.ask().isEmpty() && !kept.known().isEmpty());
    }
}
