package org.skein.im.internal.csi;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.osgi.service.component.annotations.Component;
import org.skein.api.session.DeliveryProcessor;
import org.skein.api.session.NonzaHandler;
import org.skein.api.session.ProcessorOrder;
import org.skein.api.session.Session;
import org.skein.api.session.SessionListener;
import org.skein.api.session.SessionTransfer;
import org.skein.api.session.StreamFeatures;
import org.skein.api.session.Verdict;
import org.skein.xmpp.Element;
import org.skein.xmpp.Ns;
import org.skein.xmpp.Stanza;

/**
 * Client state indication (XEP-0352): while a client is inactive, presence and chat states wait, only the last of each
 * sender, until something comes that does not wait, or the client is active again. The order of what is sent is kept.
 */
@Component
public final class ClientState
        implements DeliveryProcessor, NonzaHandler, SessionListener, SessionTransfer, StreamFeatures {
    private static final String CSI = "urn:xmpp:csi:0";
    private static final String CHAT_STATES = "http://jabber.org/protocol/chatstates";
    private static final String MUC_USER = "http://jabber.org/protocol/muc#user";
    private static final List<Element> FEATURE = List.of(Element.of("csi", CSI));
    /** More are not worth their memory: all go out. */
    private static final int MAX_HELD = 500;

    /** There while the client is inactive. */
    private static final class Held {
        private final Map<String, Stanza> stanzas = new LinkedHashMap<>();

        void hold(Stanza stanza) {
            String key =
                    stanza.kind() + " " + stanza.from().map(Object::toString).orElse("");
            stanzas.remove(key); // so that the new one is behind what came meanwhile
            stanzas.put(key, stanza);
        }

        List<Stanza> take() {
            List<Stanza> all = new ArrayList<>(stanzas.values());
            stanzas.clear();
            return all;
        }
    }

    @Override
    public List<Element> features(Phase phase, String host, boolean encrypted) {
        return phase == Phase.AFTER_LOGIN ? FEATURE : List.of();
    }

    @Override
    public Set<String> namespaces() {
        return Set.of(CSI);
    }

    @Override
    public void nonza(Session session, Element element) {
        if (element.name().equals("inactive")) {
            if (session.get(Held.class).isEmpty()) session.put(Held.class, new Held());
        } else if (element.name().equals("active")) {
            active(session);
        }
    }

    /** XEP-0352 §5: a resumed stream begins active. */
    @Override
    public void resumed(Session session) {
        active(session);
    }

    @Override
    public String name() {
        return "im.csi";
    }

    /** What waits goes along with the queue; on the other node the stream is a resumed one. */
    @Override
    public Optional<byte[]> save(Session session) {
        active(session);
        return Optional.empty();
    }

    @Override
    public void restore(Session session, byte[] saved) {
        // nothing is saved
    }

    private static void active(Session session) {
        Held held = session.get(Held.class).orElse(null);
        if (held != null) {
            session.put(Held.class, null);
            held.take().forEach(session::send);
        }
    }

    @Override
    public int order() {
        return ProcessorOrder.LAST + 50; // what is held was seen by all before, and is seen by none again
    }

    @Override
    public Set<Stanza.Kind> kinds() {
        return EnumSet.allOf(Stanza.Kind.class);
    }

    @Override
    public Verdict toSession(Session session, Stanza stanza) {
        Held held = session.get(Held.class).orElse(null);
        if (held == null) {
            return Verdict.next();
        }
        if (mayWait(stanza) && held.stanzas.size() < MAX_HELD) {
            held.hold(stanza);
            return Verdict.handled();
        }
        return held.stanzas.isEmpty() ? Verdict.next() : Verdict.behind(held.take());
    }

    private static boolean mayWait(Stanza stanza) {
        return switch (stanza.kind()) {
            case PRESENCE -> (stanza.type().isEmpty() || stanza.hasType("unavailable")) && !isAboutOneself(stanza);
            case MESSAGE -> isChatState(stanza);
            case IQ -> false;
        };
    }

    /** A room tells the user of his own coming, going, or being thrown out (XEP-0045 §15.6). */
    private static boolean isAboutOneself(Stanza presence) {
        return presence.child("x", MUC_USER)
                .flatMap(x -> x.child("status", MUC_USER))
                .isPresent();
    }

    private static boolean isChatState(Stanza message) {
        boolean state = false;
        for (Element e : message.payload()) {
            switch (e.namespace()) {
                case CHAT_STATES -> state = true;
                case "urn:xmpp:hints", "urn:xmpp:sid:0" -> {}
                case Ns.CLIENT -> {
                    if (!e.name().equals("thread")) return false;
                }
                default -> {
                    return false;
                }
            }
        }
        return state && !message.isError();
    }
}
