package org.skein.api.session;

import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;
import org.skein.xmpp.Element;

/** Takes first-level elements that are no stanzas (XEP-0360) from bound sessions, as a service. */
@ConsumerType
public interface NonzaHandler {
    Set<String> namespaces();

    /** On the session's event loop, in the order of the stream; must not block. */
    void nonza(Session session, Element element);
}
