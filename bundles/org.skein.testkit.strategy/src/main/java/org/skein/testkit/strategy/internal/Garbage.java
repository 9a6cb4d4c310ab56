package org.skein.testkit.strategy.internal;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** What a strategy should not have said: noise, and its own messages cut short. */
public final class Garbage {
    private static final int BIG = 64 << 10;

    private final List<byte[]> said;
    private final Random random;

    /** @param said by the strategy itself; may be empty */
    public Garbage(List<byte[]> said, Random random) {
        this.said = List.copyOf(said);
        this.random = random;
    }

    private byte[] noise(int length) {
        byte[] noise = new byte[length];
        int kind = random.nextInt(4);
        if (kind == 0) Arrays.fill(noise, (byte) 0x7f); // the largest number there is
        else if (kind == 1) Arrays.fill(noise, (byte) 0xff);
        else random.nextBytes(noise);
        return noise;
    }

    private byte[] next() {
        if (said.isEmpty() || random.nextInt(3) == 0) return noise(random.nextInt(40));
        byte[] real = said.get(random.nextInt(said.size()));
        return real.length == 0 ? real : Arrays.copyOf(real, random.nextInt(real.length));
    }

    public void send(Host from, Host to) {
        send(from, to, next());
    }

    /** 64 KiB; what it begins with is what a message of the strategy may begin with. */
    public void sendBig(Host from, Host to) {
        byte[] noise = noise(BIG);
        noise[0] = (byte) random.nextInt(8);
        send(from, to, noise);
    }

    private void send(Host from, Host to, byte[] message) {
        if (random.nextBoolean()) from.service().context().send(to.self(), message);
        else from.service().context().call(to.self(), message, Duration.ofSeconds(1));
    }

    /** Of the heap, after a collection. */
    public static long heldBytes() {
        for (int i = 0; i < 3; i++) System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
