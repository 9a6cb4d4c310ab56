package org.skein.im.internal.subscription;

import java.util.HashMap;
import java.util.Map;
import org.skein.api.storage.RosterItem;
import org.skein.api.storage.RosterItem.Subscription;

/**
 * The nine subscription states of RFC 6121 appendix A.1 and, for each event, the state that follows and whether the
 * stanza goes on: outbound to the contact, inbound to the user's resources.
 */
enum SubscriptionState {
    NONE,
    NONE_OUT,
    NONE_IN,
    NONE_OUT_IN,
    TO,
    TO_IN,
    FROM,
    FROM_OUT,
    BOTH;

    /** A stanza of subscription management, by its direction as seen by the roster's owner. */
    enum Event {
        OUT_SUBSCRIBE,
        OUT_UNSUBSCRIBE,
        OUT_SUBSCRIBED,
        OUT_UNSUBSCRIBED,
        IN_SUBSCRIBE,
        IN_UNSUBSCRIBE,
        IN_SUBSCRIBED,
        IN_UNSUBSCRIBED
    }

    /** @param passes true where the stanza is routed (A.2) or delivered (A.3) */
    record Step(SubscriptionState next, boolean passes) {}

    // One line for each state, one column for each event. A star: the stanza goes on; a dot: nothing changes.
    private static final String TABLE = """
            state       >subscribe   >unsubscribe >subscribed >unsubscribed <subscribe    <unsubscribe <subscribed <unsubscribed
            NONE        NONE_OUT*    .*           .           .             NONE_IN*      .            .           .
            NONE_OUT    .*           NONE*        .           .             NONE_OUT_IN*  .            TO*         NONE*
            NONE_IN     NONE_OUT_IN* .*           FROM*       NONE*         .             NONE*        .           .
            NONE_OUT_IN .*           NONE_IN*     FROM_OUT*   NONE_OUT*     .             NONE_OUT*    TO_IN*      NONE_IN*
            TO          .*           NONE*        .           .             TO_IN*        .            .           NONE*
            TO_IN       .*           NONE_IN*     BOTH*       TO*           .             TO*          .           NONE_IN*
            FROM        FROM_OUT*    .*           .           NONE*         .             NONE*        .           .
            FROM_OUT    .*           FROM*        .           NONE_OUT*     .             NONE_OUT*    BOTH*       FROM*
            BOTH        .*           FROM*        .           TO*           .             TO*          .           FROM*
            """;

    private static final Map<SubscriptionState, Step[]> STEPS = parse();

    private static Map<SubscriptionState, Step[]> parse() {
        Map<SubscriptionState, Step[]> steps = new HashMap<>();
        String[] lines = TABLE.split("\n");
        for (int l = 1; l < lines.length; l++) {
            String[] cells = lines[l].trim().split(" +");
            SubscriptionState state = valueOf(cells[0]);
            Step[] row = new Step[Event.values().length];
            for (int e = 0; e < row.length; e++) {
                String cell = cells[e + 1];
                boolean passes = cell.endsWith("*");
                String next = passes ? cell.substring(0, cell.length() - 1) : cell;
                row[e] = new Step(next.equals(".") ? state : valueOf(next), passes);
            }
            steps.put(state, row);
        }
        return steps;
    }

    Step on(Event event) {
        return STEPS.get(this)[event.ordinal()];
    }

    boolean hasTo() {
        return this == TO || this == TO_IN || this == BOTH;
    }

    boolean hasFrom() {
        return this == FROM || this == FROM_OUT || this == BOTH;
    }

    boolean isPendingOut() {
        return this == NONE_OUT || this == NONE_OUT_IN || this == FROM_OUT;
    }

    boolean isPendingIn() {
        return this == NONE_IN || this == NONE_OUT_IN || this == TO_IN;
    }

    Subscription subscription() {
        return Subscription.of(hasTo(), hasFrom());
    }

    /** The state of an item; pending flags that its subscription makes meaningless are ignored. */
    static SubscriptionState of(RosterItem item) {
        return switch (item.subscription()) {
            case NONE -> item.ask() ? item.pendingIn() ? NONE_OUT_IN : NONE_OUT : item.pendingIn() ? NONE_IN : NONE;
            case TO -> item.pendingIn() ? TO_IN : TO;
            case FROM -> item.ask() ? FROM_OUT : FROM;
            case BOTH -> BOTH;
        };
    }
}
