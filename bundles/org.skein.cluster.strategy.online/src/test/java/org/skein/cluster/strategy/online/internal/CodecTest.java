package org.skein.cluster.strategy.online.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.skein.cluster.strategy.online.internal.Frame.Answer;
import org.skein.cluster.strategy.online.internal.Frame.Chunk;
import org.skein.cluster.strategy.online.internal.Frame.Digests;
import org.skein.cluster.strategy.online.internal.Frame.Hello;
import org.skein.cluster.strategy.online.internal.Frame.Told;
import org.skein.cluster.strategy.online.internal.Frame.Update;
import org.skein.xmpp.Jid;

class CodecTest {
    private static final Jid ANNA = Jid.of("anna@x/é");
    private static final int BUCKET = Buckets.of("anna@x");

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
    }

    private static Hello hello() {
        long[] digests = new long[Buckets.COUNT];
        digests[9] = 0x0102030405060708L;
        return new Hello(0x11, 0x22, new Digests(0, digests));
    }

    private static Update update() {
        byte[] presence = "<presence/>".getBytes(StandardCharsets.UTF_8);
        return new Update(
                1,
                2,
                List.of(new Told(ANNA, Optional.of(presence)), new Told(Jid.of("b@x/r"), Optional.empty())),
                List.of(new Chunk(
                        BUCKET,
                        Optional.of(Jid.of("a@x/r")),
                        List.of(new Told(ANNA, Optional.of(PresenceXml.NONE))),
                        true,
                        -1)),
                new Digests(64, new long[] {0, 5, 0}));
    }

    @Test
    void aHello() {
        byte[] golden =
                hex("01 01 0000000000000011 0000000000000022 00 8008 00 02" + "00".repeat(126) + "0102030405060708");
        assertArrayEquals(golden, Codec.write(hello()));
        assertArrayEquals(golden, Codec.write(Codec.readFrame(golden)));
    }

    @Test
    void anUpdate() {
        byte[] golden = hex("01 02 0000000000000001 0000000000000002"
                + "02 09 616e6e6140782fc3a9 01 0b 3c70726573656e63652f3e  05 6240782f72 00"
                + "01" + bucket() + "05 6140782f72 01 09 616e6e6140782fc3a9 00 01 ffffffffffffffff"
                + "40 03 02 0000000000000005");
        assertArrayEquals(golden, Codec.write(update()));
        assertArrayEquals(golden, Codec.write(Codec.readFrame(golden)));
    }

    private static String bucket() {
        assertEquals(287, BUCKET, "the bucket of an account is part of the format");
        return "9f02";
    }

    @Test
    void anAnswer() {
        byte[] golden = hex("01 03 00 0000000000000007 02 01 ff07 05 6140782f72");
        Answer answer = new Answer(Answer.Kind.APPLIED, 7, List.of(1, 1023), Optional.of(Jid.of("a@x/r")));
        assertArrayEquals(golden, Codec.write(answer));
        assertEquals(answer, Codec.readAnswer(golden));
        byte[] first = hex("01 03 01 0000000000000007 00 00");
        assertArrayEquals(first, Codec.write(Answer.of(Answer.Kind.HELLO_FIRST, 7)));
    }

    @Test
    void theDigestOfASessionIsTheSameEverywhere() {
        assertEquals(GOLDEN_HASH, Buckets.hash("anna@x", "é", "<presence/>".getBytes(StandardCharsets.UTF_8)));
    }

    private static final long GOLDEN_HASH = 3951077326461713582L;

    @Test
    void whatEndsTooEarlyOrTooLateIsRefused() {
        for (byte[] whole : List.of(Codec.write(hello()), Codec.write(update()))) {
            for (int n = 0; n < whole.length; n++) {
                byte[] cut = Arrays.copyOf(whole, n);
                assertThrows(IllegalArgumentException.class, () -> Codec.readFrame(cut), () -> "after " + cut.length);
            }
            byte[] longer = Arrays.copyOf(whole, whole.length + 1);
            assertThrows(IllegalArgumentException.class, () -> Codec.readFrame(longer));
        }
    }

    @Test
    void nonsenseIsRefused() {
        String update = "01 02 0000000000000001 0000000000000002";
        for (String nonsense : List.of(
                "02 01", // another version
                "01 09 0000000000000001", // another type
                "01 03 00 0000000000000007 00 00", // an answer
                "01 02 0000000000000000 0000000000000002 00 00 00 00", // run 0
                update + "ffffffff07", // changes without end
                update + "ffffffffff7f", // a number that is none
                update + "01 04 62407800 00 00 00 00", // a resource is missing
                update + "01 05 6240782f72 02 00 00 00", // no flag
                update + "01 05 4040782f72 00 00 00 00", // no JID
                update + "01 05 6240782f72 01 7f 00 00 00", // a presence longer than the frame
                update + "00 01 8008 00 00 01 0000000000000000 00 00", // bucket 1024
                update + "00 01 01 00 01 05 6240782f72 00 01 0000000000000000 00 00", // a session of another bucket
                update + "00 01 01 00 00 00 00 00", // a chunk of nothing that goes on
                update + "00 00 ff07 02 00", // digests beyond the last bucket
                update + "00 00 00 ffffffff07 00", // more digests than buckets
                "01 01 0000000000000001 0000000000000002 00 01 00")) { // a hello without all digests
            assertThrows(IllegalArgumentException.class, () -> Codec.readFrame(hex(nonsense)), nonsense);
        }
        assertThrows(IllegalArgumentException.class, () -> Codec.readAnswer(hex("01 03 03 0000000000000007 00 00")));
        assertThrows(
                IllegalArgumentException.class, () -> Codec.readAnswer(hex("01 03 00 0000000000000007 01 8008 00")));
        assertThrows(IllegalArgumentException.class, () -> Codec.readAnswer(Codec.write(hello())));
    }

    @Test
    void whateverComesIsReadOrRefused() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int read = 0;
        for (int i = 0; i < 50_000; i++) {
            byte[] bytes = Codec.write(random.nextBoolean() ? update() : hello());
            int flips = 1 + random.nextInt(4);
            for (int f = 0; f < flips; f++) {
                // At the front, where kinds and counts are, as often as anywhere.
                bytes[random.nextInt(random.nextBoolean() ? bytes.length : Math.min(30, bytes.length))] =
                        (byte) random.nextInt();
            }
            try {
                Codec.readFrame(bytes);
                read++;
            } catch (IllegalArgumentException refused) {
                assertTrue(refused.getMessage() != null);
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
        assertTrue(read > 0 && read < 50_000, "read " + read);
    }

    @Test
    void theSizeOfASessionIsNotUnderrated() {
        for (Jid jid : List.of(ANNA, Jid.of("b@x/😀"), Jid.of("日本@x/r"))) {
            Told told = new Told(jid, Optional.of(new byte[300]));
            byte[] frame = Codec.write(new Update(1, 2, List.of(told), List.of(), Digests.NONE));
            byte[] empty = Codec.write(new Update(1, 2, List.of(), List.of(), Digests.NONE));
            assertTrue(frame.length - empty.length <= Codec.size(told));
        }
    }
}
