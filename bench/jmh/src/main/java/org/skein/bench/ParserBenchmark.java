package org.skein.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;
import org.skein.xmpp.stream.XmlStreamParser;

/** Reading one stanza on an open stream: complete in one piece, and cut in two. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ParserBenchmark {
    @Param({"chat", "escaped", "presence", "roster"})
    public String stanza;

    private byte[] xml;
    private XmlStreamParser parser;

    @Setup
    public void open(Blackhole hole) {
        xml = switch (stanza) {
            case "chat" -> Streams.CHAT;
            case "escaped" -> Streams.CHAT_ESCAPED;
            case "presence" -> Streams.PRESENCE;
            default -> Streams.ROSTER_GET;
        };
        parser = new XmlStreamParser(new Streams.Consumer(hole), XmlStreamParser.Limits.AFTER_LOGIN);
        parser.feed(Streams.HEADER, 0, Streams.HEADER.length);
    }

    @Benchmark
    public int whole() {
        return parser.feed(xml, 0, xml.length);
    }

    @Benchmark
    public int cutInTwo() {
        int half = xml.length / 2;
        return parser.feed(xml, 0, half) + parser.feed(xml, half, xml.length - half);
    }
}
