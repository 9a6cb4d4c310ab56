package org.skein.itests.support;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports for what cannot choose its own, or has to know another's before that runs. */
public final class Ports {
    /** Below those that connections get. */
    private static final int FIRST = 10_000;

    private static final int COUNT = 20_000;

    private Ports() {}

    /** Nobody has it on any address, a moment ago. */
    public static int free() throws IOException {
        while (true) {
            int port = FIRST + ThreadLocalRandom.current().nextInt(COUNT);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getByName("0.0.0.0"))) {
                return socket.getLocalPort();
            } catch (BindException taken) {
                continue;
            }
        }
    }
}
