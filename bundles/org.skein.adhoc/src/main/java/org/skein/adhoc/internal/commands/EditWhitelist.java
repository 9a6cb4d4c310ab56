package org.skein.adhoc.internal.commands;

import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.adhoc.internal.commands.AccessLists.Change;
import org.skein.adhoc.internal.commands.AccessLists.Which;
import org.skein.api.command.Action;
import org.skein.api.command.Command;
import org.skein.api.command.Command.Merge;
import org.skein.api.command.Command.Scope;
import org.skein.api.command.Field;
import org.skein.xmpp.Jid;

/** XEP-0133 §4.12. */
@Component(service = Action.class)
@Command(
        name = "server:edit-whitelist",
        node = Admin.NODE + "edit-whitelist",
        title = "Changes the whitelist",
        description =
                "If it has entries, only these addresses and domains may communicate with this server, and its own.",
        scope = Scope.ALL,
        merge = Merge.UNION,
        idempotent = true)
public final class EditWhitelist extends AccessListEdit<EditWhitelist.Input> {
    public record Input(
            @Field(label = "What to do with the entries", required = false)
            Change change,

            @Field(label = "The whitelist: addresses and domains", required = false, maxLength = AccessLists.MOST)
            List<Jid> whitelistjids) {}

    @Activate
    public EditWhitelist(@Reference AccessLists lists) {
        super(lists, Which.WHITELIST, Input.class);
    }

    @Override
    Change change(Input in) {
        return in.change();
    }

    @Override
    List<Jid> entries(Input in) {
        return in.whitelistjids();
    }

    @Override
    String var() {
        return "whitelistjids";
    }
}
