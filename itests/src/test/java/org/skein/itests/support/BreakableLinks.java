package org.skein.itests.support;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.skein.testkit.cluster.BreakableProxy;
import org.skein.testkit.cluster.BreakableProxy.Way;

/**
 * The network between real nodes, as it fails. Each node has a file of names of its own, in which every other is the
 * address of a proxy in between; the database is reached without. Node 0 is the first.
 */
public final class BreakableLinks implements AutoCloseable {
    private final int[] ports;
    private final BreakableProxy[][] from; // [who dials][who is dialled]
    private final List<Path> names = new ArrayList<>();

    public BreakableLinks(int nodes) throws IOException {
        ports = new int[nodes];
        from = new BreakableProxy[nodes][nodes];
        for (int i = 0; i < nodes; i++) ports[i] = Ports.free();
        for (int i = 0; i < nodes; i++) {
            StringBuilder lines = new StringBuilder("127.0.0.1 localhost\n");
            for (int j = 0; j < nodes; j++) {
                String address = i == j ? "127.0.0.1" : "127.0." + (1 + i) + "." + (1 + j); // all of 127/8 is loopback
                if (i != j) {
                    from[i][j] = new BreakableProxy(
                            new InetSocketAddress("127.0.0.1", ports[j]), new InetSocketAddress(address, ports[j]));
                }
                lines.append(address).append(' ').append(ClusterNodes.name(j)).append('\n');
            }
            Path file = Files.createTempFile("skein-it-hosts", "");
            file.toFile().deleteOnExit();
            names.add(Files.writeString(file, lines));
        }
    }

    int port(int node) {
        return ports[node];
    }

    Path names(int node) {
        return names.get(node);
    }

    /** As when a switch ends: connections are reset, and new ones refused. */
    public void cut(int a, int b) throws IOException {
        for (BreakableProxy proxy : List.of(from[a][b], from[b][a])) {
            proxy.refuse();
            proxy.cut();
        }
    }

    /** Connections end, and new ones are made at once. */
    public void reset(int a, int b) {
        from[a][b].cut();
        from[b][a].cut();
    }

    /** As by a packet filter: connections stay, and what is sent is lost. */
    public void silence(int a, int b) {
        lose(a, b);
        lose(b, a);
    }

    /** What one sends to the other is lost, and what the other sends is not. */
    public void lose(int sender, int receiver) {
        from[sender][receiver].swallow(Way.FORTH, true);
        from[receiver][sender].swallow(Way.BACK, true);
    }

    /** All links are whole again; connections through which something was lost are reset. */
    public void heal() throws IOException {
        for (BreakableProxy[] all : from) {
            for (BreakableProxy proxy : all) {
                if (proxy == null) continue;
                for (Way way : Way.values()) proxy.swallow(way, false);
                proxy.cut();
                proxy.acceptAgain();
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (BreakableProxy[] all : from) {
            for (BreakableProxy proxy : all) if (proxy != null) proxy.close();
        }
    }
}
