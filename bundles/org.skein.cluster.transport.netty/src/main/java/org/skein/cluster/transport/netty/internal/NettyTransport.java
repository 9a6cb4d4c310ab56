package org.skein.cluster.transport.netty.internal;

import java.io.IOException;
import java.time.Clock;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;
import org.skein.api.monitor.Metrics;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.transport.ClusterTransport;
import org.skein.cluster.api.transport.Endpoint;
import org.skein.net.api.EventLoops;
import org.skein.net.api.Listeners;
import org.skein.net.api.PinnedTls;

/** Links over TCP and TLS 1.3, on the event loops of this node. */
@Component(configurationPid = "org.skein.cluster.transport.netty")
@Designate(ocd = TransportConfig.class)
public final class NettyTransport implements ClusterTransport {
    private final NettyEndpoint.Services services;
    private volatile Settings settings;

    @Activate
    public NettyTransport(
            TransportConfig config,
            @Reference EventLoops loops,
            @Reference Listeners listeners,
            @Reference PinnedTls tls,
            @Reference Metrics metrics) {
        this.services = new NettyEndpoint.Services(loops, listeners, tls, metrics, Clock.systemUTC());
        this.settings = Settings.of(config);
    }

    @Modified
    void modified(TransportConfig config) {
        settings = Settings.of(config);
    }

    @Override
    public Endpoint open(NodeId self, int port, Receiver receiver) throws IOException {
        return new NettyEndpoint(self, port, receiver, services, settings);
    }
}
