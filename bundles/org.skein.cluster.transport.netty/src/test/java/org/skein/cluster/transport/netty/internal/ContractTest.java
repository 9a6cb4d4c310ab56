package org.skein.cluster.transport.netty.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.skein.cluster.api.transport.ClusterTransport;
import org.skein.net.internal.BoundListeners;
import org.skein.net.internal.NettyEventLoops;
import org.skein.net.internal.tls.PeerTls;
import org.skein.testkit.cluster.ClusterTransportContract;

/** On one event loop for all, as on a machine with two processors. */
class ContractTest implements ClusterTransportContract {
    private static NettyEventLoops loops;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        loops = new NettyEventLoops(1);
    }

    @AfterAll
    static void stop() {
        loops.stop();
        loops.group().terminationFuture().awaitUninterruptibly();
    }

    @Override
    public ClusterTransport transport(String node) throws IOException {
        NettyEndpoint.Services services = new NettyEndpoint.Services(
                loops,
                new BoundListeners(List.of("127.0.0.1"), 0, 0, loops, (info, name) -> () -> {}),
                new PeerTls("auto", folder.resolve(node), Clock.systemUTC()),
                new TestNode.Counts(),
                Clock.systemUTC());
        return (self, port, receiver) -> new NettyEndpoint(self, port, receiver, services, new Settings());
    }
}
