package org.skein.im.internal.disco;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.FieldOption;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.skein.api.component.ComponentDomains;
import org.skein.api.component.IqHandler.Target;
import org.skein.api.disco.DiscoContributor;
import org.skein.api.disco.DiscoItem;
import org.skein.api.disco.DiscoRequest;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What our hosts and accounts offer (XEP-0030), asked of all contributors. Any thread. */
@Component(service = Disco.class)
public final class Disco {
    static final String ITEMS = "http://jabber.org/protocol/disco#items";
    private static final Logger log = LoggerFactory.getLogger(Disco.class);

    private final ComponentDomains components;

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            fieldOption = FieldOption.REPLACE) // bundles come and go; ascending ranking
    private volatile List<DiscoContributor> contributors = List.of();

    @Activate
    public Disco(@Reference ComponentDomains components) {
        this.components = components;
    }

    /** For tests. */
    Disco(ComponentDomains components, List<DiscoContributor> contributors) {
        this(components);
        this.contributors = contributors;
    }

    /** Changes when what the host offers may have changed. */
    Object generation() {
        return contributors;
    }

    InfoAnswer info(DiscoRequest request) {
        InfoAnswer answer = new InfoAnswer();
        if (request.node().isEmpty()) {
            if (request.isHost()) {
                answer.identity("server", "im", "Skein");
            } else {
                answer.identity("account", "registered", "");
            }
            answer.feature(InfoAnswer.INFO).feature(ITEMS);
        }
        for (DiscoContributor contributor : contributors) {
            try {
                contributor.info(request, answer);
            } catch (RuntimeException e) {
                log.warn(
                        "what=disco_contributor_failed contributor={}",
                        contributor.getClass().getName(),
                        e);
            }
        }
        return answer;
    }

    /**
     * Empty where there is no such node.
     *
     * @param set what page is asked for (XEP-0059); empty for all
     */
    Optional<Element> items(DiscoRequest request, Optional<Element> set) {
        List<DiscoItem> items = new ArrayList<>();
        if (request.isHost() && request.node().isEmpty()) {
            String suffix = "." + request.subject().domain();
            components.components().forEach((domain, component) -> {
                if (domain.endsWith(suffix)) {
                    items.add(new DiscoItem(Jid.of("", domain, ""), "", component.description()));
                }
            });
        }
        for (DiscoContributor contributor : contributors) {
            try {
                items.addAll(contributor.items(request));
            } catch (RuntimeException e) {
                log.warn(
                        "what=disco_contributor_failed contributor={}",
                        contributor.getClass().getName(),
                        e);
            }
        }
        if (items.isEmpty() && !request.node().isEmpty() && !info(request).isFound()) {
            return Optional.empty();
        }
        if (set.isEmpty()) return Optional.of(toElement(request.node(), items));
        ResultSet page = ResultSet.of(items, set.get());
        return Optional.of(toElement(request.node(), page.items()).with(page.set()));
    }

    private static Element toElement(String node, List<DiscoItem> items) {
        Element.Builder query = Element.builder("query", ITEMS);
        if (!node.isEmpty()) query.attribute("node", node);
        for (DiscoItem i : items) {
            Element.Builder item =
                    Element.builder("item", ITEMS).attribute("jid", i.jid().toString());
            if (!i.node().isEmpty()) item.attribute("node", i.node());
            if (!i.name().isEmpty()) item.attribute("name", i.name());
            query.child(item.build());
        }
        return query.build();
    }

    /** What anybody sees of a host. */
    InfoAnswer host(String host) {
        Jid jid = Jid.of("", host, "");
        return info(new DiscoRequest(Target.HOST, jid, "", jid));
    }
}
