package org.skein.adhoc.internal.commands;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.skein.api.auth.Accounts;
import org.skein.api.command.Result;
import org.skein.api.session.OnlineAccount;
import org.skein.api.session.Session;
import org.skein.api.session.Sessions;
import org.skein.xmpp.Jid;
import org.skein.xmpp.StreamError;

/** Ends sessions of this node, named by full or bare address. */
final class Ending {
    private final Sessions sessions;
    private final Accounts accounts;

    Ending(Sessions sessions, Accounts accounts) {
        this.sessions = sessions;
        this.accounts = accounts;
    }

    /** Answers how many. Whether an account is there at all is asked only where it has no session. */
    CompletionStage<Result> end(List<Jid> jids, StreamError error) {
        List<Jid> absent = new ArrayList<>();
        int ended = 0;
        for (Jid jid : jids) {
            List<Session> found = found(jid);
            found.forEach(session -> session.close(error));
            ended += found.size();
            if (found.isEmpty()) absent.add(jid);
        }
        Result result = Result.value("ended", "Sessions ended", ended);
        return Users.requireThere(accounts, absent).thenApply(there -> result);
    }

    private List<Session> found(Jid jid) {
        return jid.isFull()
                ? sessions.session(jid).stream().toList()
                : sessions.account(jid).map(OnlineAccount::sessions).orElse(List.of());
    }
}
