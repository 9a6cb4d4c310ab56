package org.skein.net.internal.tls;

import io.netty.channel.Channel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.auth.StreamSecurity;
import org.skein.api.component.VirtualHosts;
import org.skein.api.monitor.HealthCheck;
import org.skein.net.api.Tls;
import org.skein.net.internal.NetConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** TLS for all edges. Certificates follow files and virtual hosts without a restart: both are looked at every 5 s. */
@Component(
        service = {Tls.class, HealthCheck.class},
        configurationPid = "org.skein.net")
public final class ServerTls implements Tls, HealthCheck {
    private static final Logger log = LoggerFactory.getLogger(ServerTls.class);
    private static final long LOOK_EVERY_MS = 5000;
    private static final long PATIENCE_MS = 2000;
    private static final Duration WARN_BEFORE_END = Duration.ofDays(14);

    private final String wantedEngine;
    private final Path base;
    private final Supplier<Set<String>> hosts;
    private final Clock clock;
    private final ContextFactory factory;
    private final Certificates certificates;
    private final List<TlsServer> servers = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService looker;
    private volatile String trouble = "";

    @Activate
    public ServerTls(NetConfig config, BundleContext bundles, @Reference VirtualHosts virtualHosts) {
        this(
                config.tls_engine(),
                config.tls_cert(),
                config.tls_key(),
                base(bundles),
                () -> defaultFirst(virtualHosts),
                Clock.systemUTC(),
                LOOK_EVERY_MS);
    }

    /** @param hosts the virtual hosts as they are now, the default one first */
    public ServerTls(
            String engine,
            String[] certificateFiles,
            String[] keyFiles,
            Path base,
            Supplier<Set<String>> hosts,
            Clock clock,
            long lookEveryMs) {
        this.wantedEngine = engine;
        this.base = base;
        this.hosts = hosts;
        this.clock = clock;
        this.factory = new ContextFactory(engine);
        this.certificates = new Certificates(
                new CertificateSettings(base, certificateFiles, keyFiles),
                new SelfMade(base.resolve("data/tls"), clock));
        try {
            certificates.refresh(hosts.get());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot keep a certificate in " + base.resolve("data/tls"), e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        looker = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "skein-certificates");
            thread.setDaemon(true);
            return thread;
        });
        looker.scheduleWithFixedDelay(this::look, lookEveryMs, lookEveryMs, TimeUnit.MILLISECONDS);
        log.info("what=tls_ready engine={}", engine());
    }

    /** Other files serve the next handshake; streams go on. */
    @Modified
    void modified(NetConfig config) {
        if (!config.tls_engine().equals(wantedEngine)) {
            log.warn("what=restart_needed setting=tls-engine used={} wanted={}", wantedEngine, config.tls_engine());
        }
        use(config.tls_cert(), config.tls_key());
    }

    /** These files from the next handshake on. Returns when they are in use, or refused as {@link #check} says. */
    public void use(String[] certificateFiles, String[] keyFiles) {
        CertificateSettings settings = new CertificateSettings(base, certificateFiles, keyFiles);
        CompletableFuture<Void> inUse = CompletableFuture.runAsync(
                () -> {
                    certificates.use(settings);
                    look();
                },
                looker);
        try {
            inUse.get(PATIENCE_MS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            log.error("what=certificates_not_refreshed", e); // files of a disk that hangs, say: other settings go on
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    static Path base(BundleContext bundles) {
        String base = bundles.getProperty("skein.base");
        return Path.of(base == null ? "." : base).toAbsolutePath();
    }

    private static Set<String> defaultFirst(VirtualHosts hosts) {
        Set<String> ordered = new LinkedHashSet<>();
        ordered.add(hosts.defaultDomain());
        ordered.addAll(hosts.domains());
        return ordered;
    }

    @Deactivate
    public void stop() {
        looker.shutdownNow();
        servers.forEach(TlsServer::close);
    }

    private void look() {
        try {
            if (certificates.refresh(hosts.get())) {
                for (TlsServer server : servers) {
                    server.use(certificates.current());
                }
                log.info(
                        "what=certificates_changed hosts={}",
                        certificates.current().byHost().keySet());
            }
            trouble = certificates.trouble();
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            if (trouble.isEmpty()) {
                log.error("what=certificates_not_refreshed", e);
            }
            trouble = "certificates cannot be refreshed: " + e.getMessage();
        }
    }

    @Override
    public Server server(List<String> alpn) {
        try {
            TlsServer server = new TlsServer(factory, alpn, certificates.current(), servers::remove);
            servers.add(server);
            return server;
        } catch (java.io.IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public StreamSecurity security(Channel channel) {
        return channel.hasAttr(ServerNameHandler.SESSION) // asking for one makes it, on each stream without TLS
                ? channel.attr(ServerNameHandler.SESSION).get()
                : new Plain(channel);
    }

    @Override
    public String engine() {
        return factory.engine();
    }

    @Override
    public String name() {
        return "tls";
    }

    @Override
    public Health check() {
        if (!trouble.isEmpty()) {
            return new Health(Status.DEGRADED, trouble);
        }
        Instant soon = clock.instant().plus(WARN_BEFORE_END);
        for (HostCertificate certificate : certificates.current().all()) {
            Instant end = certificate.certificate().getNotAfter().toInstant();
            if (end.isBefore(soon)) {
                return new Health(
                        Status.DEGRADED,
                        "certificate " + certificate.certificate().getSubjectX500Principal() + " ends at " + end);
            }
        }
        return new Health(Status.OK, engine());
    }
}
