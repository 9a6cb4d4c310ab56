package org.skein.im.internal.version;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Version;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.skein.api.component.IqHandler;
import org.skein.api.component.IqRequest;
import org.skein.api.disco.DiscoContributor;
import org.skein.api.disco.DiscoInfo;
import org.skein.api.disco.DiscoRequest;
import org.skein.xmpp.Element;
import org.skein.xmpp.StanzaError.Condition;
import org.skein.xmpp.StanzaException;

/** Name and version of this server (XEP-0092). The operating system is nobody's business. */
@Component
public final class SoftwareVersion implements IqHandler, DiscoContributor {
    private static final String VERSION = "jabber:iq:version";

    private final String version;

    @Activate
    public SoftwareVersion(BundleContext context) {
        this(shown(context.getBundle().getVersion()));
    }

    /** As Maven writes it: {@code 0.1.0-SNAPSHOT}. */
    private static String shown(Version v) {
        String number = v.getMajor() + "." + v.getMinor() + "." + v.getMicro();
        return v.getQualifier().isEmpty() ? number : number + "-" + v.getQualifier();
    }

    SoftwareVersion(String version) {
        this.version = version;
    }

    @Override
    public Set<Target> targets() {
        return Set.of(Target.HOST);
    }

    @Override
    public Set<String> namespaces() {
        return Set.of(VERSION);
    }

    @Override
    public CompletionStage<Optional<Element>> handle(IqRequest request) {
        if (!request.isGet() || !request.payload().name().equals("query")) {
            throw new StanzaException(Condition.BAD_REQUEST);
        }
        return CompletableFuture.completedFuture(Optional.of(Element.builder("query", VERSION)
                .child("name", "Skein")
                .child("version", version)
                .build()));
    }

    @Override
    public void info(DiscoRequest request, DiscoInfo info) {
        if (request.isHost() && request.node().isEmpty()) {
            info.feature(VERSION);
        }
    }
}
