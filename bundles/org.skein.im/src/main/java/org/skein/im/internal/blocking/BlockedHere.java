package org.skein.im.internal.blocking;

import java.util.Set;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.session.AccountProcessor;
import org.skein.api.session.ProcessorOrder;
import org.skein.api.session.Verdict;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/**
 * Looks once more where the user is online: the sender's node lets messages pass if it cannot read the list, for chats go
 * on while the database is away. Who is blocked is not told then.
 */
@Component
public final class BlockedHere implements AccountProcessor {
    private final BlockLists lists;

    @Activate
    public BlockedHere(@Reference BlockLists lists) {
        this.lists = lists;
    }

    @Override
    public int order() {
        return ProcessorOrder.FILTER;
    }

    @Override
    public Set<Stanza.Kind> kinds() {
        return Set.of(Stanza.Kind.MESSAGE);
    }

    @Override
    public boolean onEachNode() {
        return true;
    }

    @Override
    public Verdict toAccount(Jid account, Stanza stanza) {
        BlockList list = lists.inMemory(account);
        if (list == null || list.isEmpty()) return Verdict.next();
        Jid from = stanza.from().orElse(account);
        return from.bare().equals(account) || !list.blocks(from) ? Verdict.next() : Verdict.handled();
    }
}
