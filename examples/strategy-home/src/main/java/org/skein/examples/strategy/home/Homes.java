package org.skein.examples.strategy.home;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.skein.xmpp.Jid;

/** Which node an account is at home at. */
record Homes(List<Rule> rules) {
    private record Rule(String prefix, String suffix, String node) {
        boolean fits(String account) {
            return account.length() >= prefix.length() + suffix.length()
                    && account.startsWith(prefix)
                    && account.endsWith(suffix);
        }
    }

    /**
     * @param text such as {@code *@sales.example=node1.example, it.*@example.org=node2.example}
     * @throws IllegalArgumentException naming what is no rule
     */
    static Homes parse(String text) {
        return new Homes(Stream.of(text.split(","))
                .map(String::strip)
                .filter(rule -> !rule.isEmpty())
                .map(Homes::rule)
                .toList());
    }

    private static Rule rule(String text) {
        int star = text.indexOf('*');
        int is = text.indexOf('=', star);
        if (star < 0 || is < 0 || text.indexOf('*', star + 1) >= 0 || is == text.length() - 1) {
            throw new IllegalArgumentException("'" + text + "' is not of the form SOME*ADDRESSES=NODE");
        }
        return new Rule(
                text.substring(0, star),
                text.substring(star + 1, is).strip(),
                text.substring(is + 1).strip());
    }

    /** The node's name, by the first rule that fits; empty if none does. */
    String of(Jid account) {
        String text = account.toString();
        for (Rule rule : rules) if (rule.fits(text)) return rule.node;
        return "";
    }

    /** Differs where the rules differ. */
    long mark() {
        CRC32 sum = new CRC32();
        sum.update(rules.toString().getBytes(StandardCharsets.UTF_8));
        return sum.getValue();
    }
}
