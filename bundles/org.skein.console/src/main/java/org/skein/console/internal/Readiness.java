package org.skein.console.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceListener;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.monitor.ListenerInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the outside how far the node is: {@code run/ports.json} has the ports open now, {@code run/ready} is there once
 * clients can log in, {@code run/waiting} says why they cannot yet. Greets the operator on the standard output.
 */
@Component(service = Readiness.class, immediate = true)
public final class Readiness implements ServiceListener {
    private static final Logger log = LoggerFactory.getLogger(Readiness.class);
    private static final long LOOK_MS = 50;
    private static final long PATIENCE_S = 5;

    private final InstanceFolder folder;
    private final NodeStatus status;
    private final UserCommands users;
    private final BundleContext context;
    private final boolean offline;
    private final CountDownLatch greeted = new CountDownLatch(1);
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "skein-readiness");
        thread.setDaemon(true);
        return thread;
    });
    private final long startedAt = System.nanoTime();
    private Future<?> looking;
    private String waitingFor = "";
    private String ports = "";

    @Activate
    public Readiness(BundleContext context, @Reference NodeStatus status, @Reference UserCommands users)
            throws Exception {
        this.context = context;
        this.folder = InstanceFolder.of(context);
        this.status = status;
        this.users = users;
        this.offline = Boolean.parseBoolean(context.getProperty("skein.offline"));
        Files.createDirectories(folder.base().resolve("run"));
        if (!offline) {
            context.addServiceListener(this, "(objectClass=" + ListenerInfo.class.getName() + ")");
            // From here on only the timer's own thread touches the fields that change, but for the ports.
            timer.execute(() -> looking = timer.scheduleWithFixedDelay(this::look, 0, LOOK_MS, TimeUnit.MILLISECONDS));
        }
    }

    /** Waits until the greeting is out, or nothing can be said yet. */
    void awaitGreeting() throws InterruptedException {
        greeted.await(PATIENCE_S + 1, TimeUnit.SECONDS);
    }

    @Override
    public void serviceChanged(ServiceEvent event) {
        writePorts(); // now: whoever changed a port finds it there
        if (!timer.isShutdown()) {
            timer.execute(this::writePorts); // and when whoever else hears of this has heard it
        }
    }

    private void look() {
        try {
            writePorts();
            Optional<String> obstacle = status.obstacle();
            if (obstacle.isEmpty()) {
                ready();
                looking.cancel(false);
            } else {
                waiting(obstacle.get());
            }
        } catch (IOException | RuntimeException e) {
            log.warn("what=readiness_unknown", e);
        }
    }

    private void ready() throws IOException {
        writePorts(); // all of them: the probe took its time
        Files.deleteIfExists(folder.run("waiting"));
        String where = status.listeners().stream()
                .map(l -> l.name() + " " + l.address().getPort())
                .distinct()
                .collect(Collectors.joining(", "));
        write(folder.run("ready"), "clients can log in (" + where + ")\n");
        log.info("what=ready listeners=\"{}\"", where);
        System.out.println(greeting());
        greeted.countDown();
    }

    private void waiting(String obstacle) throws IOException {
        if (!obstacle.equals(waitingFor)) {
            waitingFor = obstacle;
            write(folder.run("waiting"), obstacle + "\n");
        }
        if (greeted.getCount() > 0 && System.nanoTime() - startedAt > TimeUnit.SECONDS.toNanos(PATIENCE_S)) {
            log.warn("what=not_ready reason=\"{}\"", obstacle);
            System.out.println("Clients cannot log in yet: " + obstacle);
            greeted.countDown();
        }
    }

    private String greeting() {
        StringBuilder text = new StringBuilder("Skein " + context.getProperty("skein.version") + " serves "
                + String.join(", ", status.domains()) + "\n");
        for (ListenerInfo l : status.listeners()) {
            boolean any = l.address().getAddress().isAnyLocalAddress();
            text.append(String.format(
                    "  %-8s port %-5d %s%n",
                    l.name(),
                    l.address().getPort(),
                    any ? "on all addresses" : "on " + l.address().getAddress().getHostAddress()));
        }
        String domain =
                status.domains().isEmpty() ? "localhost" : status.domains().get(0);
        try {
            if (users.count() == 0) {
                text.append("There is no account yet. Add the first user, then the first administrator:\n  ")
                        .append(folder.commandLine("user add anna@" + domain))
                        .append("\n  ")
                        .append(folder.commandLine("user add admin@" + domain))
                        .append("\n  ")
                        .append(folder.commandLine("shell 'config:set admins admin@" + domain + "'"));
            } else {
                text.append("Add a user with: ").append(folder.commandLine("user add NAME@" + domain));
            }
        } catch (Exception e) {
            log.warn("what=accounts_not_counted", e);
        }
        return text.toString();
    }

    private synchronized void writePorts() {
        Map<String, Integer> now = new TreeMap<>();
        status.listeners().forEach(l -> now.put(l.name(), l.address().getPort()));
        String json = now.entrySet().stream()
                .map(e -> "\"" + e.getKey() + "\":" + e.getValue())
                .collect(Collectors.joining(",", "{", "}\n"));
        try {
            if (now.isEmpty()) {
                Files.deleteIfExists(folder.run("ports.json"));
            } else if (!json.equals(ports)) {
                write(folder.run("ports.json"), json);
            }
            ports = now.isEmpty() ? "" : json;
        } catch (IOException e) {
            log.error("what=ports_not_written", e);
        }
    }

    /** Readers see the old or the new file, never half of one. */
    private static void write(Path file, String text) throws IOException {
        Path next = file.resolveSibling("." + file.getFileName());
        Files.writeString(next, text);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Deactivate
    void deactivate() throws IOException {
        context.removeServiceListener(this);
        timer.shutdownNow();
        for (String file : List.of("ready", "waiting", "ports.json")) {
            Files.deleteIfExists(folder.run(file));
        }
    }
}
