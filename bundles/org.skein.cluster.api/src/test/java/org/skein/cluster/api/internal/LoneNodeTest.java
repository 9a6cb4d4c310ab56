package org.skein.cluster.api.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class LoneNodeTest {
    @Test
    void aNodeThatStartsAsAMemberNeverServesAlone() {
        LoneNode node = new LoneNode(false);
        assertFalse(node.isServing());
        node.modified(true);
        assertFalse(node.isServing());
        node.modified(false);
        assertTrue(node.isServing());
    }

    @Test
    void aLoneNodeServesOnUntilItIsAMemberAndThenAloneNoMore() {
        LoneNode node = new LoneNode(true);
        node.modified(true);
        assertTrue(node.isServing());
        node.joined();
        assertFalse(node.isServing());
        node.modified(true);
        assertFalse(node.isServing());
        node.modified(false);
        assertTrue(node.isServing());
    }

    @Test
    void theFirstIncarnationToJoinWithIsItsOwnAndAVoidOneNeverComesBack() {
        LoneNode node = new LoneNode(true);
        long own = node.self().incarnation();
        assertEquals(own, node.incarnation());
        assertEquals(own, node.incarnation());
        node.over();
        assertNotEquals(own, node.incarnation());
        assertEquals(node.self().incarnation(), node.incarnation());
        assertEquals(node.self(), node.view().ids().get(0));
    }
}
