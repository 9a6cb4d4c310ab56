package org.skein.cluster.core.internal.routing;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What goes over the channel of strategies, of protocol level 1:
 *
 * <pre>
 * MESSAGE   01  key  bytes        key = length (1 byte), "name/version" in ASCII
 * ANNOUNCE  02  "name/version run\n"…  what the sender publishes to; run in base 36 tells its lives apart
 * </pre>
 */
record StrategyFrame(int kind, String key, byte[] bytes) {
    static final int MESSAGE = 1;
    static final int ANNOUNCE = 2;
    private static final int MAX_PUBLISHED = 16;

    static byte[] message(String key, byte[] message) {
        byte[] name = key.getBytes(StandardCharsets.US_ASCII);
        byte[] frame = new byte[2 + name.length + message.length];
        frame[0] = MESSAGE;
        frame[1] = (byte) name.length;
        System.arraycopy(name, 0, frame, 2, name.length);
        System.arraycopy(message, 0, frame, 2 + name.length, message.length);
        return frame;
    }

    static byte[] announce(Map<String, Long> published) {
        StringBuilder text = new StringBuilder().append((char) ANNOUNCE);
        published.forEach((key, run) -> text.append(key)
                .append(' ')
                .append(Long.toString(run, Character.MAX_RADIX))
                .append('\n'));
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** Empty if it is none of ours. */
    static Optional<StrategyFrame> parse(byte[] frame) {
        if (frame.length == 0) return Optional.empty();
        if (frame[0] == ANNOUNCE) {
            return Optional.of(new StrategyFrame(ANNOUNCE, "", Arrays.copyOfRange(frame, 1, frame.length)));
        }
        if (frame[0] != MESSAGE || frame.length < 2 || frame.length < 2 + (frame[1] & 0xff)) return Optional.empty();
        int at = 2 + (frame[1] & 0xff);
        String key = new String(frame, 2, at - 2, StandardCharsets.US_ASCII);
        return Optional.of(new StrategyFrame(MESSAGE, key, Arrays.copyOfRange(frame, at, frame.length)));
    }

    /** @throws IllegalArgumentException if this is no announcement */
    Map<String, Long> published() {
        Map<String, Long> published = new LinkedHashMap<>();
        for (String line : new String(bytes, StandardCharsets.US_ASCII).split("\n")) {
            if (line.isEmpty()) continue;
            int blank = line.indexOf(' ');
            if (blank <= 0 || published.size() == MAX_PUBLISHED) throw new IllegalArgumentException("no announcement");
            published.put(line.substring(0, blank), Long.parseLong(line.substring(blank + 1), Character.MAX_RADIX));
        }
        return published;
    }
}
