package org.skein.adhoc.internal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.component.VirtualHosts;
import org.skein.api.session.Session;
import org.skein.api.session.Sessions;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;

/** How many users are online (XEP-0133 §4.18), for administrators. */
@Component
public final class OnlineUsersCount implements Command {
    private static final String ADMIN = "http://jabber.org/protocol/admin";
    private static final String DATA = "jabber:x:data";

    private final Sessions sessions;
    private final VirtualHosts hosts;

    @Activate
    public OnlineUsersCount(@Reference Sessions sessions, @Reference VirtualHosts hosts) {
        this.sessions = sessions;
        this.hosts = hosts;
    }

    @Override
    public String node() {
        return ADMIN + "#get-online-users-num";
    }

    @Override
    public String name() {
        return "Get Number of Online Users";
    }

    @Override
    public boolean mayUse(Jid user) {
        return hosts.isAdmin(user);
    }

    @Override
    public CompletionStage<Element> execute(Jid user) {
        long online = sessions.all().stream()
                .map(Session::jid)
                .map(Jid::bare)
                .distinct()
                .count();
        return CompletableFuture.completedFuture(Element.builder("x", DATA)
                .attribute("type", "result")
                .child(field("FORM_TYPE", "hidden", "", ADMIN))
                .child(field("onlineusersnum", "text-single", "The number of online users", Long.toString(online)))
                .build());
    }

    private static Element field(String name, String type, String label, String value) {
        Element.Builder field =
                Element.builder("field", DATA).attribute("var", name).attribute("type", type);
        if (!label.isEmpty()) field.attribute("label", label);
        return field.child("value", value).build();
    }
}
