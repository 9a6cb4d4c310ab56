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

/** XEP-0133 §4.30, also of one node. */
@Component(service = Action.class)
@Command(
        name = "server:restart",
        node = Admin.NODE + "restart",
        title = "Restarts nodes after a while",
        description =
                "Nodes stop as on a signal, and the process is started anew. What is planned is taken back by server:cancel.",
        scope = Scope.ALL)
public final class Restart extends Ends {
    @Reference(policy = DYNAMIC, policyOption = GREEDY) // exchanged when a lone node becomes a member
    private volatile Cluster cluster;

    @Activate
    public Restart(@Reference Stop stop, @Reference Sessions sessions) {
        super(stop, sessions, Stop.Then.COME_BACK);
    }

    /** For tests. */
    Restart(Stop stop, Sessions sessions, Cluster cluster) {
        this(stop, sessions);
        this.cluster = cluster;
    }

    @Override
    Cluster cluster() {
        return cluster;
    }
}
