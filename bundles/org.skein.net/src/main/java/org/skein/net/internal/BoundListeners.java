package org.skein.net.internal;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.nio.NioChannelOption;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import jdk.net.ExtendedSocketOptions;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.skein.api.monitor.ListenerInfo;
import org.skein.net.api.EventLoops;
import org.skein.net.api.ListenException;
import org.skein.net.api.Listeners;
import org.skein.net.api.SocketTuning;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listening sockets of all edges. */
@Component(configurationPid = "org.skein.net")
public final class BoundListeners implements Listeners {
    private static final Logger log = LoggerFactory.getLogger(BoundListeners.class);
    /** Names that were open once: if they fail later the node goes on without. */
    private static final Set<String> OPENED = ConcurrentHashMap.newKeySet();

    private static final int BACKLOG = 4096;
    private static final int BIND_SECONDS = 10;
    private static final int READ_MIN = 64;
    private static final int READ_FIRST = 1024;
    private static final int READ_MAX = 16 * 1024;
    private static final int PROBE_EVERY_SECONDS = 15;
    private static final int PROBES = 4;
    private static final long PROXY_HEADER_WITHIN_MS = 10_000;

    private final List<String> addresses;
    private final EventLoops loops;
    private final BiFunction<ListenerInfo, String, Runnable> announce;
    private final ConnectionLimits limits;
    private final LongAdder refused = new LongAdder();
    private final long proxyHeaderWithinMs;
    private volatile List<AddressRange> balancers = List.of();

    @Reference(
            target = "(skein.role=fatal)",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile Consumer<String> fatal;

    @Activate
    public BoundListeners(NetConfig config, BundleContext bundles, @Reference EventLoops loops) {
        this(
                List.of(config.bind_address()),
                config.max_connections(),
                config.max_connections_per_address(),
                loops,
                (info, name) -> register(bundles, info),
                PROXY_HEADER_WITHIN_MS);
        trust(config.proxy_protocol_from());
    }

    /** @param announce makes an open socket known (with its name), and answers how to take that back */
    public BoundListeners(
            List<String> addresses,
            int maxConnections,
            int maxPerAddress,
            EventLoops loops,
            BiFunction<ListenerInfo, String, Runnable> announce) {
        this(addresses, maxConnections, maxPerAddress, loops, announce, PROXY_HEADER_WITHIN_MS);
    }

    BoundListeners(
            List<String> addresses,
            int maxConnections,
            int maxPerAddress,
            EventLoops loops,
            BiFunction<ListenerInfo, String, Runnable> announce,
            long proxyHeaderWithinMs) {
        this.addresses =
                addresses.stream().map(String::trim).filter(a -> !a.isEmpty()).toList();
        this.loops = loops;
        this.announce = announce;
        this.limits = new ConnectionLimits(maxConnections, maxPerAddress);
        this.proxyHeaderWithinMs = proxyHeaderWithinMs;
    }

    /** Connections from these addresses and ranges begin with a PROXY header from now on. */
    public void trust(String... ranges) {
        try {
            balancers = AddressRange.parse(ranges);
        } catch (IllegalArgumentException e) {
            log.error("what=setting_refused setting=proxy-protocol-from reason=\"{}\"", e.getMessage());
        }
    }

    private static Runnable register(BundleContext bundles, ListenerInfo info) {
        java.util.Dictionary<String, Object> properties = new java.util.Hashtable<>();
        properties.put("skein.listener", info.name());
        properties.put("skein.port", info.address().getPort());
        ServiceRegistration<ListenerInfo> registration = bundles.registerService(ListenerInfo.class, info, properties);
        return () -> {
            try {
                registration.unregister();
            } catch (IllegalStateException e) {
                log.trace("what=listener_gone_already name={}", info.name(), e); // this bundle stopped first
            }
        };
    }

    @Modified
    void modified(NetConfig config) {
        limits.set(config.max_connections(), config.max_connections_per_address());
        trust(config.proxy_protocol_from());
        List<String> now = List.of(config.bind_address()).stream()
                .map(String::trim)
                .filter(a -> !a.isEmpty())
                .toList();
        if (!now.equals(addresses)) {
            log.warn("what=restart_needed setting=bind-address used={} wanted={}", addresses, now);
        }
    }

    /** Connections closed at once because of a limit. */
    long refused() {
        return refused.sum();
    }

    int connections() {
        return limits.count();
    }

    @Override
    public Listener open(Request request, ChannelHandler initializer) throws ListenException {
        OpenListener open = new OpenListener();
        try {
            int port = request.port();
            for (InetSocketAddress wanted : wanted(port)) {
                InetSocketAddress bound =
                        bind(request, new InetSocketAddress(wanted.getAddress(), port), initializer, open);
                port = bound.getPort(); // with port 0 all addresses share the first free one
            }
        } catch (ListenException e) {
            open.close();
            if (!OPENED.contains(request.name())) {
                Consumer<String> stopNode = fatal;
                if (stopNode != null) {
                    stopNode.accept(e.getMessage());
                }
            }
            throw e;
        }
        OPENED.add(request.name());
        return open;
    }

    private List<InetSocketAddress> wanted(int port) {
        return addresses.isEmpty()
                ? List.of(new InetSocketAddress(port))
                : addresses.stream().map(a -> new InetSocketAddress(a, port)).toList();
    }

    private InetSocketAddress bind(
            Request request, InetSocketAddress wanted, ChannelHandler initializer, OpenListener open)
            throws ListenException {
        if (wanted.isUnresolved()) {
            throw failed(
                    "what=bind_address_unknown address={} setting=bind-address",
                    "bind-address " + wanted.getHostString() + " is not an address of this machine",
                    null,
                    wanted);
        }
        ChannelFuture bind = bootstrap(request, initializer).bind(wanted);
        if (!bind.awaitUninterruptibly(BIND_SECONDS, TimeUnit.SECONDS) || !bind.isSuccess()) {
            throw notBound(request, wanted, bind.cause());
        }
        InetSocketAddress bound = (InetSocketAddress) bind.channel().localAddress();
        Runnable withdraw = announce.apply(new ListenerInfo(request.name(), request.setting(), bound), request.name());
        open.add(bind.channel(), bound, withdraw);
        log.info("what=listening name={} address={} port={}", request.name(), bound.getHostString(), bound.getPort());
        return bound;
    }

    private static ListenException notBound(Request request, InetSocketAddress wanted, Throwable cause) {
        String reason = cause == null ? "no answer" : String.valueOf(cause.getMessage());
        Optional<String> holder = wanted.getPort() == 0 ? Optional.empty() : PortHolder.of(wanted.getPort());
        boolean taken = holder.isPresent() || reason.contains("in use");
        log.error(
                "what={} port={} setting={} holder=\"{}\" listener={} address={} reason=\"{}\"",
                taken ? "port_taken" : "port_refused",
                wanted.getPort(),
                request.setting(),
                holder.orElse("unknown"),
                request.name(),
                wanted.getHostString(),
                reason);
        String sentence = taken
                ? "port " + wanted.getPort() + " is taken"
                        + holder.map(h -> " by " + h).orElse(" by another process") + "; change --" + request.setting()
                : "cannot listen on " + wanted.getHostString() + " port " + wanted.getPort() + " (" + reason
                        + "); change --" + request.setting() + " or --bind-address";
        return new ListenException(sentence, cause);
    }

    private static ListenException failed(String event, String sentence, Throwable cause, InetSocketAddress address) {
        log.error(event, address.getHostString());
        return new ListenException(sentence, cause);
    }

    private ServerBootstrap bootstrap(Request request, ChannelHandler initializer) {
        SocketTuning tuning = request.tuning();
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops.group())
                .channel(loops.serverChannel())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.ALLOCATOR, loops.allocator())
                .childOption(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new AdaptiveRecvByteBufAllocator(READ_MIN, READ_FIRST, READ_MAX))
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WriteBufferWaterMark.DEFAULT)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, tuning.keepAliveSeconds() > 0)
                .childHandler(new Admission(initializer, request.behindBalancer()));
        if (loops.transport().equals("epoll")) {
            if (tuning.keepAliveSeconds() > 0) {
                bootstrap
                        .childOption(EpollChannelOption.TCP_KEEPIDLE, tuning.keepAliveSeconds())
                        .childOption(EpollChannelOption.TCP_KEEPINTVL, PROBE_EVERY_SECONDS)
                        .childOption(EpollChannelOption.TCP_KEEPCNT, PROBES);
            }
            if (tuning.unacknowledgedSeconds() > 0) {
                bootstrap.childOption(EpollChannelOption.TCP_USER_TIMEOUT, tuning.unacknowledgedSeconds() * 1000);
            }
        } else if (tuning.keepAliveSeconds() > 0) {
            bootstrap
                    .childOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE), tuning.keepAliveSeconds())
                    .childOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL), PROBE_EVERY_SECONDS)
                    .childOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT), PROBES);
        }
        return bootstrap;
    }

    /** Lets a fresh connection in, or closes it. */
    @ChannelHandler.Sharable
    private final class Admission extends ChannelInitializer<Channel> {
        private final ChannelHandler initializer;
        private final boolean behindBalancer;

        private Admission(ChannelHandler initializer, boolean behindBalancer) {
            this.initializer = initializer;
            this.behindBalancer = behindBalancer;
        }

        @Override
        protected void initChannel(Channel channel) {
            SocketAddress remote = channel.remoteAddress();
            if (!limits.admit(channel)) {
                refuse(channel, remote);
            } else if (behindBalancer && AddressRange.anyContains(balancers, remote)) {
                ProxyHeader.expect(channel.pipeline(), initializer, this::admit, proxyHeaderWithinMs);
            } else if (admit(channel, remote)) {
                channel.pipeline().addLast(initializer);
            }
        }

        /** The limit for each address holds for clients, not for the balancer they share. */
        private boolean admit(Channel channel, SocketAddress client) {
            if (limits.admit(channel, client)) {
                return true;
            }
            refuse(channel, client);
            return false;
        }

        private void refuse(Channel channel, SocketAddress client) {
            refused.increment();
            log.debug("what=connection_refused address={} reason=limit", client);
            channel.close();
        }
    }

    private static final class OpenListener implements Listener {
        private final List<Channel> channels = new ArrayList<>();
        private final List<InetSocketAddress> bound = new ArrayList<>();
        private final List<Runnable> withdrawals = new ArrayList<>();

        synchronized void add(Channel channel, InetSocketAddress address, Runnable withdraw) {
            channels.add(channel);
            bound.add(address);
            withdrawals.add(withdraw);
        }

        @Override
        public synchronized List<InetSocketAddress> addresses() {
            return List.copyOf(bound);
        }

        @Override
        public synchronized void close() {
            withdrawals.forEach(Runnable::run);
            withdrawals.clear();
            channels.forEach(c -> c.close().awaitUninterruptibly(1, TimeUnit.SECONDS));
            channels.clear();
        }
    }
}
