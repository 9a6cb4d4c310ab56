package org.skein.im.internal.stamp;

import java.security.SecureRandom;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.skein.api.component.VirtualHosts;
import org.skein.api.disco.DiscoContributor;
import org.skein.api.disco.DiscoInfo;
import org.skein.api.disco.DiscoRequest;
import org.skein.api.session.AccountProcessor;
import org.skein.api.session.ClientProcessor;
import org.skein.api.session.ProcessorOrder;
import org.skein.api.session.Session;
import org.skein.api.session.Verdict;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/** Takes forged markers out of messages and presence, and gives messages to accounts an id (XEP-0359). */
@Component(
        configurationPid = "org.skein.im.stamp",
        service = {ClientProcessor.class, AccountProcessor.class, DiscoContributor.class})
@Designate(ocd = Stamps.Config.class)
public final class Stamps implements ClientProcessor, AccountProcessor, DiscoContributor {
    /** Which stamps are set. */
    @ObjectClassDefinition(name = "Skein stanza ids")
    public @interface Config {
        @AttributeDefinition(description = "Whether messages to accounts get a stanza id (XEP-0359)")
        boolean stanzaIds() default true;
    }

    private final VirtualHosts hosts;
    /** Unique for ever: begins with the time in microseconds, far ahead of what was counted before a restart. */
    private final AtomicLong lastId = new AtomicLong(System.currentTimeMillis() * 1000);

    /** Other nodes give ids too. */
    private final String ownTail = "-" + Integer.toString(new SecureRandom().nextInt(1 << 24), 36);

    private volatile boolean stanzaIds;

    @Activate
    public Stamps(Config config, @Reference VirtualHosts hosts) {
        this.hosts = hosts;
        this.stanzaIds = config.stanzaIds();
    }

    @Modified
    void modified(Config config) {
        this.stanzaIds = config.stanzaIds();
    }

    @Override
    public int order() {
        return ProcessorOrder.STAMP;
    }

    @Override
    public Set<Stanza.Kind> kinds() {
        return Set.of(Stanza.Kind.MESSAGE, Stanza.Kind.PRESENCE);
    }

    @Override
    public Verdict fromClient(Session session, Stanza stanza) {
        Stanza clean = Markers.stripped(stanza, session.jid().bare(), hosts);
        return clean == stanza ? Verdict.next() : Verdict.next(clean);
    }

    @Override
    public Verdict toAccount(Jid account, Stanza stanza) {
        Jid from = stanza.from().orElseThrow();
        boolean ourServer = !from.hasLocal() && hosts.isLocal(from.domain());
        Stanza clean = ourServer ? stanza : Markers.stripped(stanza, account, hosts);
        if (stanzaIds && stanza.isMessage() && isOfOne(stanza)) {
            return Verdict.next(clean.withAdded(stanzaId(account)));
        }
        return clean == stanza ? Verdict.next() : Verdict.next(clean);
    }

    /** A room's or a broadcaster's message goes to many with one payload, which an id of each would multiply. */
    private static boolean isOfOne(Stanza message) {
        return switch (message.type()) {
            case "groupchat", "headline", "error" -> false;
            default -> true;
        };
    }

    private Element stanzaId(Jid account) {
        return Element.builder("stanza-id", Markers.STANZA_IDS)
                .attribute("by", account.toString())
                .attribute("id", Long.toString(lastId.incrementAndGet(), 36) + ownTail)
                .build();
    }

    @Override
    public void info(DiscoRequest request, DiscoInfo info) {
        if (request.node().isEmpty() && (stanzaIds || request.isHost())) {
            info.feature(Markers.STANZA_IDS);
        }
    }
}
