package org.skein.api.session;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;
import org.skein.xmpp.Element;

/** Adds to {@code <stream:features/>}, as a service. Called on an event loop; must answer at once. */
@ConsumerType
public interface StreamFeatures {
    /** Where in its life a stream is. */
    enum Phase {
        /** Before login; {@code encrypted} tells whether TLS is there already. */
        BEFORE_LOGIN,
        AFTER_LOGIN
    }

    List<Element> features(Phase phase, String host, boolean encrypted);
}
