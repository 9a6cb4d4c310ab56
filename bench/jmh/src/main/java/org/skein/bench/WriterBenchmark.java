package org.skein.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.XmlBuffer;
import org.skein.xmpp.stream.ElementParser;

/** Writing one stanza. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class WriterBenchmark {
    private final XmlBuffer out = new XmlBuffer(1024);
    private final Stanza received = ElementParser.parseStanza(Streams.CHAT);
    private final Jid from = Jid.of("romeo@example.net/orchard");
    private final Element tree = received.toElement();

    /** A message on its way: sender stamped, payload bytes as they came. */
    @Benchmark
    public int forwarded() {
        received.withFrom(from).writeTo(out.clear());
        return out.length();
    }

    /** A stanza made here. */
    @Benchmark
    public int made() {
        Stanza.message()
                .from(from)
                .type("chat")
                .id("17")
                .body("Shall I hear more, or shall I speak at this?")
                .build()
                .writeTo(out.clear());
        return out.length();
    }

    @Benchmark
    public int tree() {
        return out.clear().element(tree, "").length();
    }
}
