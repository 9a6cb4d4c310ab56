package org.skein.adhoc.internal.commands;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.command.Action;
import org.skein.api.command.Command;
import org.skein.api.command.Command.Merge;
import org.skein.api.command.Command.Scope;
import org.skein.api.component.VirtualHosts;

/** XEP-0133 §4.24. */
@Component(service = Action.class)
@Command(
        name = "message:set-motd",
        node = Admin.NODE + "set-motd",
        title = "Sets the message of the day",
        scope = Scope.ALL,
        merge = Merge.UNION,
        idempotent = true)
public final class SetMotd extends GreetingCommand<MotdText> {
    @Activate
    public SetMotd(@Reference Greetings greetings, @Reference VirtualHosts hosts) {
        super(greetings, hosts, Greetings.Kind.MOTD, MotdText.class, "the message of the day is set");
    }

    @Override
    String text(MotdText in) {
        return in.motd().strip();
    }

    @Override
    String domain(MotdText in) {
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
