package org.skein.im.internal.disco;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.skein.api.disco.DiscoInfo;
import org.skein.xmpp.Element;

/** A disco#info answer being collected. */
final class InfoAnswer implements DiscoInfo {
    static final String INFO = "http://jabber.org/protocol/disco#info";

    /** What an entity is; {@code name} may be empty. */
    record Identity(String category, String type, String name) {}

    private final List<Identity> identities = new ArrayList<>();
    private final TreeSet<String> features = new TreeSet<>();
    private final List<Element> forms = new ArrayList<>();
    private boolean found;

    @Override
    public DiscoInfo identity(String category, String type, String name) {
        identities.add(new Identity(category, type, name));
        return found();
    }

    @Override
    public DiscoInfo feature(String feature) {
        features.add(feature);
        return found();
    }

    @Override
    public DiscoInfo features(Collection<String> more) {
        features.addAll(more);
        return found();
    }

    @Override
    public DiscoInfo form(Element form) {
        forms.add(form);
        return found();
    }

    @Override
    public DiscoInfo found() {
        found = true;
        return this;
    }

    boolean isFound() {
        return found;
    }

    List<Identity> identities() {
        return identities;
    }

    /** In the order of i;octet: features are ASCII. */
    Collection<String> features() {
        return features;
    }

    List<Element> forms() {
        return forms;
    }

    Element toElement(String node) {
        Element.Builder query = Element.builder("query", INFO);
        if (!node.isEmpty()) query.attribute("node", node);
        for (Identity i : identities) {
            Element.Builder identity = Element.builder("identity", INFO)
                    .attribute("category", i.category())
                    .attribute("type", i.type());
            if (!i.name().isEmpty()) identity.attribute("name", i.name());
            query.child(identity.build());
        }
        for (String feature : features) {
            query.child(
                    Element.builder("feature", INFO).attribute("var", feature).build());
        }
        forms.forEach(query::child);
        return query.build();
    }
}
