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
@Command(name = "server:blacklist", title = "Shows the blacklist", idempotent = true)
public final class Blacklist implements Action<UserPage> {
    private final AccessLists lists;

    @Activate
    public Blacklist(@Reference AccessLists lists) {
        this.lists = lists;
    }

    @Override
    public Class<UserPage> input() {
        return UserPage.class;
    }

    @Override
    public CompletionStage<Result> run(UserPage in, Call call) {
        return Users.told(lists.read(Which.BLACKLIST))
                .thenApply(all -> UserPage.of(
                        "blacklistjids",
                        "The blacklist",
                        all.stream().map(Jid::toString).toList(),
                        in));
    }
}
