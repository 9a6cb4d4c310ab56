package org.skein.adhoc.internal.commands;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.command.Action;
import org.skein.api.command.Command;
import org.skein.api.command.Command.Merge;
import org.skein.api.command.Command.Scope;
import org.skein.api.component.VirtualHosts;

/** XEP-0133 §4.27. */
@Component(service = Action.class)
@Command(
        name = "message:edit-welcome",
        node = Admin.NODE + "edit-welcome",
        title = "Changes what new accounts are sent",
        scope = Scope.ALL,
        merge = Merge.UNION,
        idempotent = true)
public final class EditWelcome extends GreetingCommand<WelcomeText> {
    @Activate
    public EditWelcome(@Reference Greetings greetings, @Reference VirtualHosts hosts) {
        super(greetings, hosts, Greetings.Kind.WELCOME, WelcomeText.class, "the welcome is changed");
    }

    @Override
    String text(WelcomeText in) {
        return in.welcome().strip();
    }

    @Override
    String domain(WelcomeText in) {
        return in.domain();
    }

    @Override
    boolean isEdit() {
        return true;
    }

    @Override
    String var() {
        return "welcome";
    }
}
