package org.skein.im.internal.presence;

import org.skein.xmpp.Element;
import org.skein.xmpp.Ns;
import org.skein.xmpp.Stanza;

/** {@code <priority/>} (RFC 6121 §4.7.2.3). */
final class Priority {
    private Priority() {}

    /** True if there is none, or one whole number between -128 and 127. */
    static boolean isValid(Stanza presence) {
        int seen = 0;
        for (Element child : presence.payload()) {
            if (child.is("priority", Ns.CLIENT)
                    && (seen++ > 0 || !isValid(child.text().trim()))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isValid(String number) {
        try {
            int value = Integer.parseInt(number);
            return value >= -128 && value <= 127;
        } catch (NumberFormatException notANumber) {
            return false;
        }
    }
}
