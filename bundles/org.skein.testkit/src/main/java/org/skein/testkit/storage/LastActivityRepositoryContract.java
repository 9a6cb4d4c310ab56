package org.skein.testkit.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.skein.api.storage.LastActivityRepository.LastActivity;
import org.skein.xmpp.Jid;

/** Last activity (XEP-0012). */
public interface LastActivityRepositoryContract extends StorageContract {
    @Test
    default void theLatestIsKept() {
        Jid jid = Jid.of("latest@last.example");
        assertEquals(Optional.empty(), Answers.of(lastActivity().get(jid)));
        LastActivity first = new LastActivity(Instant.parse("2026-01-01T00:00:00.123Z"), "");
        LastActivity second = new LastActivity(Instant.parse("2026-01-02T00:00:00Z"), "Heading home \uD83D\uDC1D");
        Answers.of(lastActivity().put(jid, first));
        assertEquals(Optional.of(first), Answers.of(lastActivity().get(jid)));
        Answers.of(lastActivity().put(jid, second));
        assertEquals(Optional.of(second), Answers.of(lastActivity().get(jid)));
    }

    @Test
    default void ofManyAtOnceTheLastOneCounts() {
        Jid jid = Jid.of("many@last.example");
        List<CompletionStage<Void>> puts = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            puts.add(lastActivity().put(jid, new LastActivity(Instant.ofEpochSecond(i), "s" + i)));
            puts.add(lastActivity().put(Jid.of("m" + i + "@last.example"), new LastActivity(Instant.EPOCH, "")));
        }
        puts.forEach(Answers::of);
        assertEquals("s199", Answers.of(lastActivity().get(jid)).orElseThrow().status());
    }
}
