package org.skein.im.internal.disco;

import java.util.List;
import java.util.Optional;
import org.skein.api.disco.DiscoItem;
import org.skein.xmpp.Element;
import org.skein.xmpp.StanzaError.Condition;
import org.skein.xmpp.StanzaException;

/**
 * A page of a list (XEP-0059). An item's id is its address and node.
 *
 * @param items of the page
 * @param set what is said of it
 */
record ResultSet(List<DiscoItem> items, Element set) {
    static final String RSM = "http://jabber.org/protocol/rsm";

    /**
     * The page a client asks for.
     *
     * @throws StanzaException {@code bad-request}, or {@code item-not-found} where there is no such item (§2.2)
     */
    static ResultSet of(List<DiscoItem> all, Element asked) {
        int max = asked.child("max", RSM).map(m -> number(m.text())).orElse(all.size());
        Optional<String> after = asked.child("after", RSM).map(Element::text).filter(a -> !a.isEmpty());
        Optional<Element> before = asked.child("before", RSM);
        Optional<Element> index = asked.child("index", RSM);
        int from;
        int to;
        if (before.isPresent()) {
            String id = before.get().text();
            to = id.isEmpty() ? all.size() : place(all, id);
            from = Math.max(0, to - max);
        } else {
            from = after.map(id -> place(all, id) + 1)
                    .or(() -> index.map(i -> Math.min(all.size(), number(i.text()))))
                    .orElse(0);
            to = (int) Math.min(all.size(), (long) from + max);
        }
        return new ResultSet(all.subList(from, to), set(all, from, to));
    }

    private static Element set(List<DiscoItem> all, int from, int to) {
        Element.Builder set = Element.builder("set", RSM);
        if (from < to) {
            set.child(Element.of("first", RSM, id(all.get(from))).with("index", Integer.toString(from)));
            set.child(Element.of("last", RSM, id(all.get(to - 1))));
        }
        return set.child(Element.of("count", RSM, Integer.toString(all.size()))).build();
    }

    private static int number(String text) {
        try {
            int number = Integer.parseInt(text.strip());
            if (number >= 0) return number;
        } catch (NumberFormatException e) {
            throw new StanzaException(Condition.BAD_REQUEST, "no number: '" + cut(text) + "'");
        }
        throw new StanzaException(Condition.BAD_REQUEST, "less than none: '" + cut(text) + "'");
    }

    private static String cut(String text) {
        return text.length() > 20 ? text.substring(0, 20) + "…" : text;
    }

    private static int place(List<DiscoItem> all, String id) {
        for (int i = 0; i < all.size(); i++) {
            if (id(all.get(i)).equals(id)) return i;
        }
        throw new StanzaException(Condition.ITEM_NOT_FOUND);
    }

    private static String id(DiscoItem item) {
        return item.node().isEmpty() ? item.jid().toString() : item.jid() + " " + item.node();
    }
}
