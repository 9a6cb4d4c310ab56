package org.skein.adhoc.internal.commands;

import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.adhoc.internal.commands.AccessLists.Which;
import org.skein.api.command.Action;
import org.skein.api.command.Command;
import org.skein.api.command.Result;
import org.skein.xmpp.Jid;

/** As the database has it. */
@Component
@Command(name = "server:whitelist", title = "Shows the whitelist", idempotent = true)
public final class Whitelist implements Action<UserPage> {
    private final AccessLists lists;

    @Activate
    public Whitelist(@Reference AccessLists lists) {
        this.lists = lists;
    }

    @Override
    public Class<UserPage> input() {
        return UserPage.class;
    }

    @Override
    public CompletionStage<Result> run(UserPage in, Call call) {
        return Users.told(lists.read(Which.WHITELIST))
                .thenApply(all -> UserPage.of(
                        "whitelistjids",
                        "The whitelist",
                        all.stream().map(Jid::toString).toList(),
                        in));
    }
}
