package org.skein.api.disco;

import java.util.Collection;
import org.osgi.annotation.versioning.ProviderType;
import org.skein.xmpp.Element;

/** Collects an answer to disco#info. Belongs to one thread. */
@ProviderType
public interface DiscoInfo {
    /** Adds {@code <identity/>}; {@code name} may be empty. */
    DiscoInfo identity(String category, String type, String name);

    DiscoInfo feature(String feature);

    DiscoInfo features(Collection<String> features);

    /** Adds a service discovery extension form (XEP-0128). */
    DiscoInfo form(Element form);

    /** Says that the node asked about exists, also if nothing else is added. */
    DiscoInfo found();
}
