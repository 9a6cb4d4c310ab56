package org.skein.api.storage;

import java.util.Objects;
import java.util.Set;
import org.skein.xmpp.Jid;

/**
 * One contact in a user's roster, with the state of both subscriptions (RFC 6121 §2.1, appendix A).
 *
 * @param contact bare
 * @param name the handle the user gave it; empty for none
 * @param subscription what is agreed
 * @param ask true while the user's request waits for the contact ({@code ask='subscribe'}, "pending out")
 * @param pendingIn true while the contact's request waits for the user; {@code request} then keeps its stanza
 * @param approved true if the user approved in advance (RFC 6121 §3.4)
 * @param listed false for an item that exists only to remember {@code pendingIn} or {@code approved} and is not shown
 *     to the user in the roster unless {@code approved}
 * @param request the pending request's payload as XML; empty for none
 */
public record RosterItem(
        Jid contact,
        String name,
        Set<String> groups,
        Subscription subscription,
        boolean ask,
        boolean pendingIn,
        boolean approved,
        boolean listed,
        String request) {
    /** RFC 6121 §2.1.2.5. */
    public enum Subscription {
        NONE,
        TO,
        FROM,
        BOTH;

        public boolean hasTo() {
            return this == TO || this == BOTH;
        }

        public boolean hasFrom() {
            return this == FROM || this == BOTH;
        }

        public static Subscription of(boolean to, boolean from) {
            return to ? from ? BOTH : TO : from ? FROM : NONE;
        }
    }

    public RosterItem {
        Objects.requireNonNull(contact, "contact");
        Objects.requireNonNull(name, "name");
        groups = Set.copyOf(groups);
        Objects.requireNonNull(subscription, "subscription");
        Objects.requireNonNull(request, "request");
    }
}
