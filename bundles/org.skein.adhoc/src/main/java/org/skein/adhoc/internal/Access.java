package org.skein.adhoc.internal;

import org.skein.api.command.Command;
import org.skein.api.component.VirtualHosts;
import org.skein.xmpp.Jid;

/** Who may run what. */
record Access(VirtualHosts hosts) {
    boolean may(Jid user, Definition command) {
        return may(user, command.about().access());
    }

    boolean may(Jid user, Command.Access access) {
        if (!user.hasLocal() || !hosts.isLocal(user.domain())) return false; // whatever list names them
        return access == Command.Access.USER || hosts.isAdmin(user);
    }
}
