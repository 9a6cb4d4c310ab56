package org.skein.adhoc.internal;

import java.util.concurrent.CompletionStage;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;

/** A command of one step, as a service inside this bundle. */
interface Command {
    String node();

    /** For people. */
    String name();

    boolean mayUse(Jid user);

    /** @return the result as a form (XEP-0004); fails as an {@link org.skein.api.component.IqHandler} may */
    CompletionStage<Element> execute(Jid user);
}
