package org.skein.xmpp.stream;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.skein.xmpp.Ns;

/**
 * What a stream header leaves behind for the elements in the stream: its own name, for the end tag, and the namespaces
 * it declared. Streams that declare what nearly all declare share one instance.
 *
 * @param rawName the header's qualified name as it was written
 * @param prefixes declared prefixes; the i-th stands for the i-th of {@code namespaces}
 * @param defaultNamespace empty where none was declared
 */
record StreamContext(byte[] rawName, String[] prefixes, String[] namespaces, String defaultNamespace) {
    private static final String[] NONE = {};
    private static final byte[] USUAL_NAME = "stream:stream".getBytes(StandardCharsets.US_ASCII);
    private static final StreamContext USUAL =
            new StreamContext(USUAL_NAME, new String[] {"stream"}, new String[] {Ns.STREAMS}, Ns.CLIENT);

    /** No stream around: a document of its own, in {@code defaultNamespace}. */
    static StreamContext alone(String defaultNamespace) {
        return new StreamContext(new byte[0], NONE, NONE, defaultNamespace);
    }

    static StreamContext of(byte[] rawName, String[] prefixes, String[] namespaces, String defaultNamespace) {
        StreamContext made = new StreamContext(rawName, prefixes, namespaces, defaultNamespace);
        return made.isUsual() ? USUAL : made;
    }

    private boolean isUsual() {
        return Arrays.equals(rawName, USUAL_NAME)
                && defaultNamespace.equals(Ns.CLIENT)
                && Arrays.equals(prefixes, USUAL.prefixes)
                && Arrays.equals(namespaces, USUAL.namespaces);
    }

    /** The namespace stanzas are in on this stream; it becomes {@code jabber:client} in what is read. */
    String contentNamespace() {
        return switch (defaultNamespace) {
            case "jabber:server", "jabber:component:accept" -> defaultNamespace;
            default -> Ns.CLIENT;
        };
    }

    /** The namespace of {@code prefix}, or null if the header did not declare it. */
    String namespaceOf(String prefix) {
        for (int i = prefixes.length - 1; i >= 0; i--) {
            if (prefixes[i].equals(prefix)) {
                return namespaces[i];
            }
        }
        return null;
    }
}
