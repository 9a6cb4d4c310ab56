package org.skein.im.internal.disco;

import java.util.List;
import org.osgi.service.component.annotations.Component;
import org.skein.api.disco.DiscoContributor;
import org.skein.api.disco.DiscoInfo;
import org.skein.api.disco.DiscoRequest;

/** Features of the host that no handler of its own stands for. */
@Component
public final class ServerFeatures implements DiscoContributor {
    private static final List<String> FEATURES = List.of(
            "msgoffline", // XEP-0160
            "http://jabber.org/protocol/caps", // XEP-0115 §6.1
            "urn:xmpp:delay", // XEP-0203
            ResultSet.RSM, // XEP-0059 §4
            "urn:xmpp:hints"); // XEP-0334

    @Override
    public void info(DiscoRequest request, DiscoInfo info) {
        if (request.isHost() && request.node().isEmpty()) {
            info.features(FEATURES);
        }
    }
}
