package org.skein.itests.support;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Makes messages that are well-formed and valid with regard to namespaces, in all the ways a client may write them. The
 * namespaces mean nothing to the server, which is to pass on what it does not know.
 */
public final class RandomStanzas {
    /** What the sender's stream header binds besides the usual, and the recipient's does not. */
    public static final String IN_HEADER = "xmlns:q='urn:x:in-the-header'";

    private static final int DEEPEST = 12;
    private static final String[] NAMES = {
        "x", "y", "body", "message", "iq", "stream", "query", "\u00E9", "\u65E5\u672C", "a-1._", "xmlns-not"
    };
    private static final String[] NAMESPACES = {
        "urn:x:a", "urn:x:b", "jabber:client", "urn:x:&amp;&#x20;&lt;'x", "urn:x:\u00E9\uD83D\uDE00", "http://x/%20?a=b"
    };
    private static final String[] TEXTS = {
        "a",
        "more text",
        " ",
        "\n",
        "\t",
        "\r",
        "\r\n",
        "&lt;",
        "&gt;",
        ">",
        "&amp;",
        "&amp;amp;",
        "&quot;",
        "&apos;",
        "&#65;",
        "&#x41;",
        "&#xD;",
        "&#10;",
        "&#x9;",
        "&#x1F600;",
        "&#xFFFD;",
        "&#60;&#38;",
        "]]",
        "]]&gt;",
        "]",
        "\u00E9",
        "\u20AC",
        "\uD83D\uDE00",
        "\uD7FF\uE000\uFFFD",
        "\uDBFF\uDFFF",
        "\u0085",
        "\u2028",
        "e\u0301",
        "\u202E",
        "<!-"
    };
    private static final String[] SECTIONS = {
        "", "x", "<&>", "]]", "]", ">", "\r\n", "\r", "\u00E9", "&amp;", "</message>", "<!--", "\uD83D\uDE00", "'\""
    };

    private final Random random;
    private final StringBuilder out = new StringBuilder();

    public RandomStanzas(long seed) {
        random = new Random(seed);
    }

    private String one(String... of) {
        return of[random.nextInt(of.length)];
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    /** A chat message with a body among other things. */
    public String message(String to) {
        out.setLength(0);
        Map<String, String> bound = boundByTheHeader();
        out.append("<message");
        attribute("type", "chat");
        attribute("to", to);
        if (chance(20)) {
            bind("p", bound);
        }
        if (chance(60)) {
            attribute("id", text(3) + random.nextInt(1000));
        }
        if (chance(30)) {
            attribute("xml:lang", one("en", "de-CH", "&#x65;n"));
        }
        out.append('>');
        elements(random.nextInt(3), bound);
        out.append("<body>").append(text(4)).append("b</body>");
        elements(random.nextInt(4), bound);
        out.append("</message").append(one("", " ", "\n")).append('>');
        return out.toString();
    }

    /** What may stand in any stanza. */
    public String payload() {
        out.setLength(0);
        elements(1 + random.nextInt(3), boundByTheHeader());
        return out.toString();
    }

    private static Map<String, String> boundByTheHeader() {
        Map<String, String> bound = new HashMap<>();
        bound.put("", "jabber:client");
        bound.put("q", "urn:x:in-the-header");
        bound.put("stream", "http://etherx.jabber.org/streams");
        return bound;
    }

    private void elements(int count, Map<String, String> bound) {
        for (int i = count; i > 0; i--) {
            out.append(one("", "", " ", "\n  "));
            element(1, bound);
        }
    }

    private void element(int depth, Map<String, String> outer) {
        Map<String, String> bound = new HashMap<>(outer);
        int start = out.length();
        if (chance(35)) {
            bind("", bound);
        }
        for (String prefix : new String[] {"p", "q", "r"}) {
            if (chance(10)) {
                bind(prefix, bound);
            }
        }
        String prefix = one("", "", "", "", "p", "q", "r", "stream");
        if (!bound.containsKey(prefix)) {
            bind(prefix, bound);
        }
        attributes(bound);
        String declarations = out.substring(start);
        out.setLength(start);
        String name = (prefix.isEmpty() ? "" : prefix + ":") + one(NAMES);
        out.append('<').append(name).append(declarations);
        if (chance(25)) {
            out.append(one("/>", " />", "></" + name + ">", "></" + name + "\n>"));
        } else {
            out.append('>');
            content(depth + 1, bound);
            out.append("</").append(name).append('>');
        }
    }

    private void bind(String prefix, Map<String, String> bound) {
        String namespace = prefix.isEmpty() && chance(15) ? "" : one(NAMESPACES);
        bound.put(prefix, namespace);
        attribute(prefix.isEmpty() ? "xmlns" : "xmlns:" + prefix, namespace);
    }

    private void attributes(Map<String, String> bound) {
        Set<String> names = new HashSet<>(); // each local name once, so that none is there twice by another prefix
        for (int i = random.nextInt(6) - 2; i > 0; i--) {
            String prefix = one("", "", "", "p", "q", "r");
            String name = one(NAMES);
            if (bound.containsKey(prefix) && names.add(name)) {
                attribute((prefix.isEmpty() ? "" : prefix + ":") + name, chance(20) ? "" : value());
            }
        }
        if (chance(10)) {
            attribute("xml:lang", one("en", "", "fr"));
        }
        if (chance(5)) {
            attribute("xml:space", one("preserve", "default"));
        }
    }

    private String value() {
        return chance(20) ? one("it's", "\"quoted\"", "'", "\"", "a='b'", "two\nlines", "tab\there") : text(3);
    }

    /** @param value as it is to be written, but for the quotes around it */
    private void attribute(String name, String value) {
        char quote = chance(70) ? '\'' : '"';
        out.append(one(" ", " ", " ", "\n", "\t ")).append(name).append(one("=", "=", " =", "= "));
        out.append(quote)
                .append(value.replace("<", "&lt;")
                        .replace(
                                String.valueOf(quote), quote == '"' ? one("&quot;", "&#34;") : one("&apos;", "&#x27;")))
                .append(quote);
    }

    private String text(int most) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(most + 1); i > 0; i--) {
            text.append(one(TEXTS).replace("<", "&lt;"));
        }
        return text.toString().replace("]]>", "]]&gt;");
    }

    private void content(int depth, Map<String, String> bound) {
        int most = depth < 4 ? 5 : 2;
        for (int i = random.nextInt(most); i > 0; i--) {
            int kind = random.nextInt(10);
            if (kind < 5 && depth < DEEPEST) {
                element(depth, bound);
            } else if (kind < 8) {
                out.append(text(3)).append(';');
            } else {
                out.append("<![CDATA[")
                        .append((one(SECTIONS) + one(SECTIONS)).replace("]]>", "]]"))
                        .append(one("", "", "]", "]]"))
                        .append("]]>");
            }
        }
    }
}
