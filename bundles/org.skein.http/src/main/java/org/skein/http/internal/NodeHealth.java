package org.skein.http.internal;

import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Whether clients can log in at this node, and why not, in words that tell strangers nothing.
 *
 * @param node {@code serving}, {@code joining}, {@code draining}, {@code outside} (may not serve: excluded,
 *     or nobody answers) or
 *     {@code closed} (no port for clients)
 * @param checks {@code ok}, {@code degraded} or {@code down}, by the name of the part
 */
record NodeHealth(String node, SortedMap<String, String> checks) {
    static final String SERVING = "serving";

    NodeHealth {
        TreeMap<String, String> copy = new TreeMap<>();
        checks.forEach((name, status) -> copy.put(name, status.toLowerCase(Locale.ROOT)));
        checks = copy;
    }

    boolean isUp() {
        return node.equals(SERVING) && !checks.containsValue("down");
    }

    String json() {
        StringBuilder json = new StringBuilder("{\"status\":\"")
                .append(isUp() ? "up" : "down")
                .append("\",\"node\":\"")
                .append(node)
                .append("\",\"checks\":{");
        String comma = "";
        for (var check : checks.entrySet()) {
            json.append(comma);
            string(json, check.getKey());
            json.append(":\"").append(check.getValue()).append('"');
            comma = ",";
        }
        return json.append("}}\n").toString();
    }

    /** Names come from other people's bundles (RFC 8259 §7). */
    private static void string(StringBuilder json, String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ' || c > '~') {
                json.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }
}
