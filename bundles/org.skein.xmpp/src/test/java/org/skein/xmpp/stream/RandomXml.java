package org.skein.xmpp.stream;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/** Makes elements that are well-formed but awkward, and spoils some of them. */
final class RandomXml {
    private static final String[] NAMES = {"x", "y", "body", "message", "iq", "query", "\u00E9", "xmlns", "a-1._"};
    private static final String[] PREFIXES = {"", "", "", "p", "q", "stream", "xml"};
    private static final String[] NAMESPACES = {
        "jabber:client", "jabber:server", "u", "v", "urn:&amp;&#x20;x", "http://etherx.jabber.org/streams"
    };
    private static final String[] TEXTS = {
        "a",
        "text",
        " ",
        "\n",
        "\t",
        "\r",
        "\r\n",
        "&lt;",
        "&gt;",
        "&amp;",
        "&quot;",
        "&apos;",
        "&#65;",
        "&#xD;",
        "&#10;",
        "&#x9;",
        "&#x1F600;",
        "]]",
        ">",
        "]]&gt;",
        "\u00E9",
        "\u20AC",
        "\uD83D\uDE00",
        "\uFFFD",
        "\u0085",
        "\u2028",
        "]"
    };
    private static final String[] VALUES = {"'", "\"", "]]>", "%", "a@b.c", "@"};
    private static final String[] SECTIONS = {"", "x", "<&>", "]]", "]", ">", "\r\n", "\u00E9", "&amp;"};
    private static final String[] SPOILS = {
        "<",
        ">",
        "&",
        "'",
        "\"",
        "/",
        "=",
        " ",
        "]]>",
        "<![CDATA[",
        "<a>",
        "</a>",
        "<a/>",
        "&#0;",
        "&#xFFFE;",
        "\u0000",
        "\u0001",
        "p:",
        ":",
        "xmlns",
        " xmlns=''",
        " xmlns:p=''",
        " x='1'",
        "&#x",
        ";",
        "\uFFFE",
        "1",
        "&lt",
        "!",
        "?",
        "-"
    };

    private final Random random;
    private final StringBuilder out = new StringBuilder();

    RandomXml(Random random) {
        this.random = random;
    }

    private String one(String... of) {
        return of[random.nextInt(of.length)];
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    /** An element; its prefixes are p and q, which may be bound or not, and those known everywhere. */
    byte[] element() {
        out.setLength(0);
        if (chance(60)) {
            stanza();
        } else {
            element(0);
        }
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void stanza() {
        String name = one("message", "presence", "iq");
        out.append('<').append(name);
        if (chance(30)) attribute("xmlns", chance(80) ? "jabber:client" : one(NAMESPACES));
        if (chance(20)) attribute("xmlns:p", one(NAMESPACES));
        if (chance(60)) attribute("to", one("a@b.c", "a@b.c/d", "\u00C9@b.c", "a&amp;b@c", "@", "b.c"));
        if (chance(30)) attribute("from", one("a@b.c", "a@b.c/d", "a@b.c/&lt;\u20AC"));
        if (chance(50)) attribute("type", one("chat", "get", "error", "&#x65;rror", ""));
        if (chance(50)) attribute("id", one("1", "a'b".replace('\'', '"'), "\u00E9", "a&#10;b", "a\nb"));
        if (chance(20)) attribute("xml:lang", one("en", "de"));
        if (chance(10)) attribute("other", "x");
        out.append('>');
        content(1);
        out.append("</").append(name).append(one("", " ")).append('>');
    }

    private void attribute(String name, String value) {
        char quote = value.indexOf('\'') >= 0 ? '"' : value.indexOf('"') >= 0 || chance(70) ? '\'' : '"';
        out.append(one(" ", " ", "\n", "\t ")).append(name).append(one("=", "=", " =", "= "));
        out.append(quote).append(value).append(quote);
    }

    private void element(int depth) {
        String prefix = one(PREFIXES);
        String name = (prefix.isEmpty() ? "" : prefix + ":") + one(NAMES);
        out.append('<').append(name);
        if (chance(30)) attribute("xmlns", chance(90) ? one(NAMESPACES) : "");
        if (prefix.equals("p") && chance(80) || chance(5)) attribute("xmlns:p", one(NAMESPACES));
        if (prefix.equals("q") && chance(80) || chance(5)) attribute("xmlns:q", one(NAMESPACES));
        if (prefix.equals("stream") && chance(30)) attribute("xmlns:stream", "http://etherx.jabber.org/streams");
        for (int i = random.nextInt(5) - 2; i > 0; i--) {
            String p = one("", "", "", "xml:", "p:");
            attribute(p + one(NAMES) + i, chance(30) ? one(VALUES) : one(TEXTS) + one(TEXTS));
        }
        if (chance(30)) {
            out.append(one("/>", " />"));
        } else {
            out.append('>');
            content(depth + 1);
            out.append("</").append(name).append('>');
        }
    }

    private void content(int depth) {
        for (int i = random.nextInt(4); i > 0; i--) {
            int kind = random.nextInt(10);
            if (kind < 5 && depth < 5) {
                element(depth);
            } else if (kind < 9) {
                if (depth > 1 || chance(10)) out.append(one(TEXTS)).append(one(TEXTS));
                else out.append(one("", " ", "\n"));
            } else if (depth > 1 || chance(10)) {
                out.append("<![CDATA[")
                        .append(one(SECTIONS))
                        .append(one(SECTIONS).replace(">", ""))
                        .append("]]>");
            }
        }
    }

    /** The document with one to three changes, most of which make it wrong. */
    byte[] spoiled(byte[] document) {
        byte[] made = document;
        for (int i = random.nextInt(3); i >= 0; i--) {
            int at = random.nextInt(made.length);
            int to = Math.min(made.length, at + random.nextInt(4));
            switch (random.nextInt(5)) {
                case 0 -> made = spliced(made, at, to, new byte[0]);
                case 1 -> made = spliced(made, at, at, one(SPOILS).getBytes(StandardCharsets.UTF_8));
                case 2 ->
                    made = spliced(made, at, Math.min(made.length, at + 1), new byte[] {(byte) random.nextInt(256)});
                case 3 -> made = spliced(made, at, at, Arrays.copyOfRange(made, at, to));
                default ->
                    made = spliced(
                            made, at, Math.min(made.length, at + 1), one(SPOILS).getBytes(StandardCharsets.UTF_8));
            }
            if (made.length == 0) return document;
        }
        return made;
    }

    private static byte[] spliced(byte[] bytes, int from, int to, byte[] with) {
        byte[] made = new byte[bytes.length - (to - from) + with.length];
        System.arraycopy(bytes, 0, made, 0, from);
        System.arraycopy(with, 0, made, from, with.length);
        System.arraycopy(bytes, to, made, from + with.length, bytes.length - to);
        return made;
    }
}
