package org.skein.im.internal.disco;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.skein.api.disco.DiscoContributor;
import org.skein.api.disco.DiscoInfo;
import org.skein.api.disco.DiscoRequest;
import org.skein.xmpp.Element;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whom to write to about this server (XEP-0157), as a form in the host's disco info. */
@Component(configurationPid = "org.skein.im.contact")
@Designate(ocd = ContactAddresses.Config.class)
public final class ContactAddresses implements DiscoContributor {
    /** Where the addresses come from. */
    @ObjectClassDefinition(name = "Skein contact addresses")
    public @interface Config {
        @AttributeDefinition(
                description =
                        "Entries kind=address, such as abuse=mailto:abuse@example.org; the kinds are abuse, admin,"
                                + " feedback, sales, security, status, support")
        String[] addresses() default {};
    }

    private static final Logger log = LoggerFactory.getLogger(ContactAddresses.class);
    private static final List<String> KINDS =
            List.of("abuse", "admin", "feedback", "sales", "security", "status", "support");
    private static final String DATA = "jabber:x:data";

    private volatile List<Element> form;

    @Activate
    public ContactAddresses(Config config) {
        form = form(config.addresses());
    }

    @Modified
    void modified(Config config) {
        form = form(config.addresses());
    }

    @Override
    public void info(DiscoRequest request, DiscoInfo info) {
        if (request.isHost() && request.node().isEmpty()) {
            form.forEach(info::form);
        }
    }

    private static List<Element> form(String[] entries) {
        Map<String, List<String>> byKind = new TreeMap<>();
        for (String entry : entries) {
            int equals = entry.indexOf('=');
            String kind = equals < 0 ? "" : entry.substring(0, equals).trim();
            if (KINDS.contains(kind)) {
                byKind.computeIfAbsent(kind, k -> new ArrayList<>())
                        .add(entry.substring(equals + 1).trim());
            } else if (!entry.isBlank()) {
                log.warn("what=contact_address_ignored entry={} kinds={}", entry, KINDS);
            }
        }
        if (byKind.isEmpty()) {
            return List.of();
        }
        Element.Builder form = Element.builder("x", DATA).attribute("type", "result");
        form.child(field("FORM_TYPE", "hidden", List.of("http://jabber.org/network/serverinfo")));
        byKind.forEach((kind, addresses) -> form.child(field(kind + "-addresses", "list-multi", addresses)));
        return List.of(form.build());
    }

    private static Element field(String name, String type, List<String> values) {
        Element.Builder field =
                Element.builder("field", DATA).attribute("var", name).attribute("type", type);
        values.forEach(value -> field.child("value", value));
        return field.build();
    }
}
