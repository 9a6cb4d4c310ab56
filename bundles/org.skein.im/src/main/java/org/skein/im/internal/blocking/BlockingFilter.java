package org.skein.im.internal.blocking;

import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.session.AccountProcessor;
import org.skein.api.session.ClientProcessor;
import org.skein.api.session.ProcessorOrder;
import org.skein.api.session.Session;
import org.skein.api.session.Verdict;
import org.skein.im.internal.account.OtherNodes;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StanzaError.Condition;

/**
 * Keeps stanzas of blocked contacts from the user, and the user's from them (XEP-0191 §3.6). Messages and iq are decided
 * on the sender's node, whether the user is online there or not; presence on the nodes where the user is.
 */
@Component(service = {ClientProcessor.class, AccountProcessor.class})
public final class BlockingFilter implements ClientProcessor, AccountProcessor {
    private static final Element BLOCKED = Element.of("blocked", "urn:xmpp:blocking:errors");

    private final BlockLists lists;
    private final OtherNodes others;

    @Activate
    public BlockingFilter(@Reference BlockLists lists, @Reference OtherNodes others) {
        this.lists = lists;
        this.others = others;
    }

    @Override
    public int order() {
        return ProcessorOrder.FILTER;
    }

    @Override
    public Set<Stanza.Kind> kinds() {
        return EnumSet.allOf(Stanza.Kind.class);
    }

    @Override
    public Verdict fromClient(Session session, Stanza stanza) {
        BlockList list = session.account().state(BlockList.class).orElse(null);
        if (list == null || list.isEmpty() || stanza.to().isEmpty()) {
            return Verdict.next();
        }
        if (!list.blocks(stanza.to().get())) {
            return Verdict.next();
        }
        if (stanza.isPresence() && stanza.hasType("unavailable")
                || stanza.isError()
                || stanza.isIq() && !stanza.isRequest()) {
            return Verdict.handled();
        }
        session.send(refused(stanza));
        return Verdict.handled();
    }

    /** XEP-0191 §3.6: {@code not-acceptable} with {@code blocked} beside it. */
    private static Stanza refused(Stanza stanza) {
        Element error = Condition.NOT_ACCEPTABLE
                .error()
                .toElement()
                .with("type", "cancel")
                .with(BLOCKED);
        return stanza.reply("error").add(error).build();
    }

    @Override
    public Verdict toAccount(Jid account, Stanza stanza) {
        Jid from = stanza.from().orElseThrow();
        if (from.bare().equals(account)) {
            return Verdict.next();
        }
        BlockList known = lists.inMemory(account);
        if (known != null) {
            return known.isEmpty() ? Verdict.next() : filtered(known, from, stanza);
        }
        if (stanza.isPresence() && !isWorthAsking(stanza)) {
            return Verdict.next(); // nobody is there to see it
        }
        return Verdict.after(lists.load(account).handle((list, failure) -> {
            if (failure == null) return filtered(list, from, stanza);
            // The database is away. A node where the user is online has the list, and looks (BlockedHere).
            if (stanza.isMessage() && others.mayHold(account)) return Verdict.next();
            throw failure instanceof CompletionException e ? e : new CompletionException(failure);
        }));
    }

    private static boolean isWorthAsking(Stanza presence) {
        return !presence.type().isEmpty() && !presence.hasType("unavailable") && !presence.isError();
    }

    private static Verdict filtered(BlockList list, Jid from, Stanza stanza) {
        if (!list.blocks(from)) {
            return Verdict.next();
        }
        if (stanza.isPresence() || stanza.isError() || stanza.isIq() && !stanza.isRequest()) {
            return Verdict.handled();
        }
        // As if the user were not there; messages of these types are dropped for users who are not, too.
        if (stanza.isMessage() && (stanza.hasType("groupchat") || stanza.hasType("headline"))) {
            return stanza.hasType("groupchat")
                    ? Verdict.refuse(Condition.SERVICE_UNAVAILABLE.error())
                    : Verdict.handled();
        }
        return Verdict.refuse(Condition.SERVICE_UNAVAILABLE.error());
    }
}
