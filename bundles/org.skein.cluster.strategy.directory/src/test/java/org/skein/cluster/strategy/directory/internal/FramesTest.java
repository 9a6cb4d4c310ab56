package org.skein.cluster.strategy.directory.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.strategy.directory.internal.Frames.Answer;
import org.skein.cluster.strategy.directory.internal.Frames.Change;
import org.skein.cluster.strategy.directory.internal.Frames.Found;
import org.skein.cluster.strategy.directory.internal.Frames.Outcome;
import org.skein.cluster.strategy.directory.internal.Wire.Writer;
import org.skein.xmpp.Jid;

/** The bytes are what nodes of other releases read: they do not change without another {@code VERSION} of the strategy. */
class FramesTest {
    private static final long LIFE = 0x0102030405060708L;
    private static final NodeId A = new NodeId("a", 1);
    private static final NodeId B = new NodeId("b", 300);
    private static final Jid ANNA = Jid.of("anna@x");
    private static final Jid JOERG = Jid.of("jörg@x");
    private static final Placement PLACEMENT =
            new Placement(7, List.of(new Participant(A, LIFE), new Participant(B, 2)));

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static String hash() {
        return HexFormat.of().toHexDigits(PLACEMENT.hash());
    }

    @Test
    void placed() {
        byte[] bytes = Frames.placed(LIFE, PLACEMENT);
        assertEquals(
                "0101" + "0102030405060708" + "00016101" + "0102030405060708" + "010162ac02" + "0000000000000002",
                hex(bytes));
        assertEquals(new Frames.Request(LIFE, new Frames.Placed(PLACEMENT)), Frames.request(bytes));
    }

    @Test
    void tell() {
        Writer w = Frames.tell(LIFE);
        Frames.held(w, ANNA, true);
        Frames.held(w, JOERG, false);
        Frames.forget(w, ANNA);
        Frames.complete(w, PLACEMENT);
        assertEquals(
                "0102" + "0102030405060708" + "0106616e6e614078" + "02076ac3b672674078" + "0306616e6e614078" + "04"
                        + hash(),
                hex(w.toBytes()));
        assertEquals(
                new Frames.Tell(List.of(ANNA), List.of(JOERG), List.of(ANNA), PLACEMENT.hash()),
                Frames.request(w.toBytes()).body());
    }

    @Test
    void changes() {
        Change change = new Change(ANNA, 200, List.of(A, B), false);
        Change again = new Change(JOERG, 5, List.of(A), false);
        Change none = new Change(ANNA, 6, List.of(), false);
        Change isVoid = new Change(JOERG, 7, List.of(), true);
        Writer w = Frames.changes(LIFE);
        List.of(change, again, none, isVoid).forEach(c -> Frames.change(w, c));
        assertEquals(
                "0103" + "0102030405060708"
                        + "06616e6e614078" + "c801" + "03" + "00016101" + "010162ac02"
                        + "076ac3b672674078" + "05" + "02" + "00"
                        + "06616e6e614078" + "06" + "01"
                        + "076ac3b672674078" + "07" + "00",
                hex(w.toBytes()));
        assertEquals(
                new Frames.Changes(List.of(change, again, none, isVoid)),
                Frames.request(w.toBytes()).body());
    }

    @Test
    void ask() {
        Writer w = Frames.ask(LIFE, PLACEMENT);
        Frames.ask(w, ANNA);
        Frames.ask(w, JOERG);
        assertEquals("0104" + "0102030405060708" + hash() + "06616e6e614078" + "076ac3b672674078", hex(w.toBytes()));
        assertEquals(
                new Frames.Ask(PLACEMENT.hash(), List.of(ANNA, JOERG)),
                Frames.request(w.toBytes()).body());
    }

    @Test
    void answers() {
        assertEquals("01000102030405060708", hex(Frames.done(LIFE)));
        assertEquals("01010102030405060708", hex(Frames.stranger(LIFE)));
        assertEquals("01030102030405060708", hex(Frames.refused(LIFE)));
        List<Found> found = List.of(new Found(3, List.of(B)), new Found(4, List.of()));
        byte[] bytes = Frames.found(LIFE, List.of(A), found);
        assertEquals("0102" + "0102030405060708" + "0100016101" + "0301010162ac02" + "0400", hex(bytes));
        assertEquals(new Answer(Outcome.FOUND, LIFE, List.of(A), found), Frames.answer(bytes));
        assertEquals(new Answer(Outcome.DONE, LIFE, List.of(), List.of()), Frames.answer(Frames.done(LIFE)));
        assertEquals(Outcome.STRANGER, Frames.answer(Frames.stranger(LIFE)).outcome());
        assertEquals(Outcome.REFUSED, Frames.answer(Frames.refused(LIFE)).outcome());
    }

    @Test
    void theHashOfAPlacementIsTheSameEverywhere() {
        assertEquals("78d0532730e22038", hash());
        Placement same = new Placement(0, List.of(new Participant(B, 2), new Participant(A, LIFE)));
        assertEquals(PLACEMENT, same);
        assertEquals(PLACEMENT.hash(), same.hash());
    }

    @Test
    void whatIsNoRequestIsRefusedAsAWhole() {
        for (String garbage : List.of(
                "",
                "01",
                "0201",
                "0105" + "0102030405060708",
                "0101" + "01020304050607", // version, kind, cut off
                "0101" + "0102030405060708", // nobody
                "0101" + "0102030405060708" + "00016100" + "0102030405060708", // incarnation 0
                "0101" + "0102030405060708" + "00016101" + "0000000000000000", // life 0
                "0101" + "0102030405060708" + "02016101" + "0102030405060708", // no such node
                "0102" + "0102030405060708" + "0506616e6e614078", // op
                "0102" + "0102030405060708" + "0108616e6e6140782f61", // not bare
                "0102" + "0102030405060708" + "01ffffffffffffffffff7f", // length
                "0102" + "0102030405060708" + "0101ff", // UTF-8
                "0103" + "0102030405060708" + "06616e6e614078" + "01" + "ffffffffffffffffff01", // count
                "0104" + "0102030405060708" + "00")) {
            byte[] bytes = HexFormat.of().parseHex(garbage);
            assertThrows(IllegalArgumentException.class, () -> Frames.request(bytes), garbage);
        }
        for (String garbage : List.of(
                "",
                "0104" + "0102030405060708",
                "0100" + "0102030405060708" + "00",
                "0102" + "0102030405060708" + "05")) {
            byte[] bytes = HexFormat.of().parseHex(garbage);
            assertThrows(IllegalArgumentException.class, () -> Frames.answer(bytes), garbage);
        }
    }

    @Test
    void nothingButAnIllegalArgumentIsThrownAtWhateverComes() {
        Random random = new Random(1);
        for (int i = 0; i < 50_000; i++) {
            byte[] bytes = new byte[random.nextInt(48)];
            random.nextBytes(bytes);
            if (bytes.length > 1) bytes[0] = 1;
            if (bytes.length > 1) bytes[1] = (byte) random.nextInt(6);
            try {
                Frames.request(bytes);
                Frames.answer(bytes);
            } catch (IllegalArgumentException expected) {
                continue;
            }
        }
    }

    @Test
    void aNumberMayBeAsLongAsALong() {
        Writer w = new Writer().number(-1).number(Long.MAX_VALUE).number(127).number(128);
        Wire.Reader in = new Wire.Reader(w.toBytes());
        assertArrayEquals(
                new long[] {-1, Long.MAX_VALUE, 127, 128},
                new long[] {in.number(), in.number(), in.number(), in.number()});
    }
}
