package org.skein.adhoc.internal.commands;

import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.command.Action;
import org.skein.api.command.Command;
import org.skein.api.command.Command.Scope;
import org.skein.api.session.Sessions;
import org.skein.cluster.api.Cluster;

/** XEP-0133 §4.31, also of one node. */
@Component(service = Action.class)
@Command(
        name = "server:shutdown",
        node = Admin.NODE + "shutdown",
        title = "Stops nodes after a while",
        description = "Nodes stop as on a signal: sessions are saved. What is planned is taken back by server:cancel.",
        scope = Scope.ALL)
public final class Shutdown extends Ends {
    @Reference(policy = DYNAMIC, policyOption = GREEDY) // exchanged when a lone node becomes a member
    private volatile Cluster cluster;

    @Activate
    public Shutdown(@Reference Stop stop, @Reference Sessions sessions) {
        super(stop, sessions, Stop.Then.STAY_AWAY);
    }

    /** For tests. */
    Shutdown(Stop stop, Sessions sessions, Cluster cluster) {
        this(stop, sessions);
        this.cluster = cluster;
    }

    @Override
    Cluster cluster() {
        return cluster;
    }
}
