package org.skein.im.internal.subscription;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.skein.im.internal.subscription.SubscriptionState.Event;
import org.skein.im.internal.subscription.SubscriptionState.Step;

class SubscriptionStateTest {
    private static void check(String event, String state, String passes, String next) {
        SubscriptionState before = parse(state);
        Step step = before.on(Event.valueOf(event));
        assertEquals(passes.equals("MUST"), step.passes(), event + " in " + state);
        assertEquals(next.equals("no state change") ? before : parse(next), step.next(), event + " in " + state);
    }

    private static SubscriptionState parse(String words) {
        return SubscriptionState.valueOf(words.toUpperCase(Locale.ROOT)
                .replace(" + PENDING OUT+IN", "_OUT_IN")
                .replace(" + PENDING OUT", "_OUT")
                .replace(" + PENDING IN", "_IN"));
    }

    @ParameterizedTest // RFC 6121 A.2.1 to A.2.4: is it routed, and the new state
    @CsvSource({
        "OUT_SUBSCRIBE, None, MUST, None + Pending Out",
        "OUT_SUBSCRIBE, None + Pending Out, MUST, no state change",
        "OUT_SUBSCRIBE, None + Pending In, MUST, None + Pending Out+In",
        "OUT_SUBSCRIBE, None + Pending Out+In, MUST, no state change",
        "OUT_SUBSCRIBE, To, MUST, no state change",
        "OUT_SUBSCRIBE, To + Pending In, MUST, no state change",
        "OUT_SUBSCRIBE, From, MUST, From + Pending Out",
        "OUT_SUBSCRIBE, From + Pending Out, MUST, no state change",
        "OUT_SUBSCRIBE, Both, MUST, no state change",
        "OUT_UNSUBSCRIBE, None, MUST, no state change",
        "OUT_UNSUBSCRIBE, None + Pending Out, MUST, None",
        "OUT_UNSUBSCRIBE, None + Pending In, MUST, no state change",
        "OUT_UNSUBSCRIBE, None + Pending Out+In, MUST, None + Pending In",
        "OUT_UNSUBSCRIBE, To, MUST, None",
        "OUT_UNSUBSCRIBE, To + Pending In, MUST, None + Pending In",
        "OUT_UNSUBSCRIBE, From, MUST, no state change",
        "OUT_UNSUBSCRIBE, From + Pending Out, MUST, From",
        "OUT_UNSUBSCRIBE, Both, MUST, From",
        "OUT_SUBSCRIBED, None, MUST NOT, no state change",
        "OUT_SUBSCRIBED, None + Pending Out, MUST NOT, no state change",
        "OUT_SUBSCRIBED, None + Pending In, MUST, From",
        "OUT_SUBSCRIBED, None + Pending Out+In, MUST, From + Pending Out",
        "OUT_SUBSCRIBED, To, MUST NOT, no state change",
        "OUT_SUBSCRIBED, To + Pending In, MUST, Both",
        "OUT_SUBSCRIBED, From, MUST NOT, no state change",
        "OUT_SUBSCRIBED, From + Pending Out, MUST NOT, no state change",
        "OUT_SUBSCRIBED, Both, MUST NOT, no state change",
        "OUT_UNSUBSCRIBED, None, MUST NOT, no state change",
        "OUT_UNSUBSCRIBED, None + Pending Out, MUST NOT, no state change",
        "OUT_UNSUBSCRIBED, None + Pending In, MUST, None",
        "OUT_UNSUBSCRIBED, None + Pending Out+In, MUST, None + Pending Out",
        "OUT_UNSUBSCRIBED, To, MUST NOT, no state change",
        "OUT_UNSUBSCRIBED, To + Pending In, MUST, To",
        "OUT_UNSUBSCRIBED, From, MUST, None",
        "OUT_UNSUBSCRIBED, From + Pending Out, MUST, None + Pending Out",
        "OUT_UNSUBSCRIBED, Both, MUST, To",
    })
    void outboundStanzasFollowTheTable(String event, String state, String passes, String next) {
        check(event, state, passes, next);
    }

    @ParameterizedTest // RFC 6121 A.3.1 to A.3.4: is it delivered, and the new state
    @CsvSource({
        "IN_SUBSCRIBE, None, MUST, None + Pending In",
        "IN_SUBSCRIBE, None + Pending Out, MUST, None + Pending Out+In",
        "IN_SUBSCRIBE, None + Pending In, MUST NOT, no state change",
        "IN_SUBSCRIBE, None + Pending Out+In, MUST NOT, no state change",
        "IN_SUBSCRIBE, To, MUST, To + Pending In",
        "IN_SUBSCRIBE, To + Pending In, MUST NOT, no state change",
        "IN_SUBSCRIBE, From, MUST NOT, no state change",
        "IN_SUBSCRIBE, From + Pending Out, MUST NOT, no state change",
        "IN_SUBSCRIBE, Both, MUST NOT, no state change",
        "IN_UNSUBSCRIBE, None, MUST NOT, no state change",
        "IN_UNSUBSCRIBE, None + Pending Out, MUST NOT, no state change",
        "IN_UNSUBSCRIBE, None + Pending In, MUST, None",
        "IN_UNSUBSCRIBE, None + Pending Out+In, MUST, None + Pending Out",
        "IN_UNSUBSCRIBE, To, MUST NOT, no state change",
        "IN_UNSUBSCRIBE, To + Pending In, MUST, To",
        "IN_UNSUBSCRIBE, From, MUST, None",
        "IN_UNSUBSCRIBE, From + Pending Out, MUST, None + Pending Out",
        "IN_UNSUBSCRIBE, Both, MUST, To",
        "IN_SUBSCRIBED, None, MUST NOT, no state change",
        "IN_SUBSCRIBED, None + Pending Out, MUST, To",
        "IN_SUBSCRIBED, None + Pending In, MUST NOT, no state change",
        "IN_SUBSCRIBED, None + Pending Out+In, MUST, To + Pending In",
        "IN_SUBSCRIBED, To, MUST NOT, no state change",
        "IN_SUBSCRIBED, To + Pending In, MUST NOT, no state change",
        "IN_SUBSCRIBED, From, MUST NOT, no state change",
        "IN_SUBSCRIBED, From + Pending Out, MUST, Both",
        "IN_SUBSCRIBED, Both, MUST NOT, no state change",
        "IN_UNSUBSCRIBED, None, MUST NOT, no state change",
        "IN_UNSUBSCRIBED, None + Pending Out, MUST, None",
        "IN_UNSUBSCRIBED, None + Pending In, MUST NOT, no state change",
        "IN_UNSUBSCRIBED, None + Pending Out+In, MUST, None + Pending In",
        "IN_UNSUBSCRIBED, To, MUST, None",
        "IN_UNSUBSCRIBED, To + Pending In, MUST, None + Pending In",
        "IN_UNSUBSCRIBED, From, MUST NOT, no state change",
        "IN_UNSUBSCRIBED, From + Pending Out, MUST, From",
        "IN_UNSUBSCRIBED, Both, MUST, From",
    })
    void inboundStanzasFollowTheTable(String event, String state, String passes, String next) {
        check(event, state, passes, next);
    }
}
