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

/** XEP-0133 §4.11. */
@Component(service = Action.class)
@Command(
        name = "server:edit-blacklist",
        node = Admin.NODE + "edit-blacklist",
        title = "Changes the blacklist",
        description = "Who may not communicate with this server: addresses and domains. Administrators always may.",
        scope = Scope.ALL,
        merge = Merge.UNION,
        idempotent = true)
public final class EditBlacklist extends AccessListEdit<EditBlacklist.Input> {
    public record Input(
            @Field(label = "What to do with the entries", required = false)
            Change change,

            @Field(label = "The blacklist: addresses and domains", required = false, maxLength = AccessLists.MOST)
            List<Jid> blacklistjids) {}

    @Activate
    public EditBlacklist(@Reference AccessLists lists) {
        super(lists, Which.BLACKLIST, Input.class);
    }

    @Override
    Change change(Input in) {
        return in.change();
    }

    @Override
    List<Jid> entries(Input in) {
        return in.blacklistjids();
    }

    @Override
    String var() {
        return "blacklistjids";
    }
}
