package org.skein.adhoc.internal.commands;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.command.Action;
import org.skein.api.command.Command;
import org.skein.api.command.Command.Merge;
import org.skein.api.command.Command.Scope;
import org.skein.api.component.VirtualHosts;

/** XEP-0133 §4.26. */
@Component(service = Action.class)
@Command(
        name = "message:delete-motd",
        node = Admin.NODE + "delete-motd",
        title = "Takes the message of the day away",
        scope = Scope.ALL,
        merge = Merge.UNION,
        idempotent = true)
public final class DeleteMotd extends GreetingCommand<WhichDomain> {
    @Activate
    public DeleteMotd(@Reference Greetings greetings, @Reference VirtualHosts hosts) {
        super(greetings, hosts, Greetings.Kind.MOTD, WhichDomain.class, "the message of the day is taken away");
    }

    @Override
    String text(WhichDomain in) {
        return "";
    }

    @Override
    String domain(WhichDomain in) {
        return in.domain();
    }

    @Override
    boolean isEdit() {
        return false;
    }

    @Override
    String var() {
        return "motd";
    }
}
