package org.skein.adhoc.groovy.internal;

import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.skein.adhoc.groovy.internal.Mirror.Held;
import org.skein.api.storage.SharedFiles;
import org.skein.cluster.api.Cluster;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a command of each script that all nodes share, as long as it is there. */
@Component(service = Scripts.class, immediate = true)
public final class Scripts {
    private static final Logger log = LoggerFactory.getLogger(Scripts.class);
    private static final long LOOK_MS = 500;
    /** Looks at the folder for each one at the database. */
    private static final int LOOKS = 2;

    private static final long STOP_SECONDS = 2;

    /**
     * A script for people.
     *
     * @param state {@code live}, {@code broken}, or {@code refused}
     */
    record Row(String file, String command, String state, String version, String sha256, String by, String trouble) {}

    private final BundleContext context;
    private final Mirror mirror;
    private final ScheduledExecutorService thread;
    private final Map<String, Loaded> loaded = new TreeMap<>(); // of the thread
    private volatile List<Loaded> shown = List.of();
    private volatile Map<String, String> refused = Map.of();
    private int looks; // of the thread
    private String trouble = ""; // of the thread

    @Reference(policy = DYNAMIC, policyOption = GREEDY) // exchanged when a lone node becomes a member
    private volatile Cluster cluster;

    @Activate
    public Scripts(BundleContext context, @Reference SharedFiles shared) throws IOException {
        this(context, Mirror.in(Path.of(context.getProperty("skein.base")), shared));
    }

    /** For tests, which call {@link #turn}. */
    Scripts(BundleContext context, Mirror mirror, Cluster cluster) {
        this.context = context;
        this.mirror = mirror;
        this.cluster = cluster;
        this.thread = null;
    }

    private Scripts(BundleContext context, Mirror mirror) {
        this.context = context;
        this.mirror = mirror;
        thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread made = new Thread(task, "skein-scripts");
            made.setDaemon(true);
            return made;
        });
    }

    @Activate
    void activate() {
        thread.scheduleWithFixedDelay(this::turn, 0, LOOK_MS, TimeUnit.MILLISECONDS);
    }

    @Deactivate
    void deactivate() throws InterruptedException {
        thread.shutdownNow();
        if (!thread.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) log.warn("what=scripts_stop_late");
        shown.forEach(Loaded::drop);
    }

    /** One look, and what follows from it. */
    void turn() {
        try {
            boolean isNews = mirror.look();
            // The first look alone cannot tell what is complete or gone.
            if (looks++ == 0 || !isNews && looks % LOOKS != 0) return;
            refused = mirror.refused();
            Cluster now = cluster;
            if (!now.isServing()) return; // the database would take nothing from it
            mirror.step(now.self().name());
            refused = mirror.refused();
            load(mirror.held());
            trouble = "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            complain(e.getMessage(), e);
        } catch (RuntimeException | LinkageError e) { // the next turn comes all the same
            complain(e.toString(), e);
        }
    }

    /** Once, until it is over. */
    private void complain(String reason, Throwable e) {
        if (reason.equals(trouble)) return;
        trouble = reason;
        log.warn("what=scripts_not_in_step reason=\"{}\"", reason, e);
    }

    private void load(Map<String, Held> held) {
        List<Loaded> old = new ArrayList<>();
        List<Loaded> news = new ArrayList<>();
        for (String file : List.copyOf(loaded.keySet())) {
            if (!held.containsKey(file)) {
                old.add(loaded.remove(file));
            }
        }
        for (Held one : held.values()) {
            Loaded before = loaded.get(one.entry().name());
            if (before != null && before.entry().sha256().equals(one.entry().sha256())) continue;
            if (before != null) old.add(before);
            Loaded now = Loaded.of(one, Optional.ofNullable(before), context);
            loaded.put(one.entry().name(), now);
            news.add(now);
        }
        old.forEach(Loaded::drop);
        register();
        shown = List.copyOf(loaded.values());
        news.forEach(Scripts::tell);
        old.stream()
                .map(o -> o.entry().name())
                .filter(f -> !loaded.containsKey(f))
                .forEach(f -> log.info("what=script_gone file={}", f));
    }

    private static void tell(Loaded now) {
        if (now.error().isEmpty()) {
            log.info(
                    "what=script_loaded file={} command={} version={} sha256={}",
                    now.entry().name(),
                    now.name(),
                    now.entry().version(),
                    now.entry().sha256());
        } else {
            log.warn(
                    "what=script_broken file={} version={} reason=\"{}\"",
                    now.entry().name(),
                    now.entry().version(),
                    now.error());
        }
    }

    /** Of two scripts with one name that counts whose file comes first: the same on all nodes. */
    private void register() {
        Map<String, String> takenBy = new HashMap<>();
        List<Loaded> commands = new ArrayList<>();
        loaded.forEach((file, script) -> {
            if (script.command().isEmpty()) return;
            String other = takenBy.putIfAbsent(script.name(), file);
            if (other == null) commands.add(script);
            else script.clash(other);
        });
        commands.forEach(c -> c.register(context));
    }

    /** By file name. Any thread. */
    List<Row> rows() {
        Map<String, Row> rows = new TreeMap<>();
        for (Loaded script : shown) {
            String why = script.trouble();
            rows.put(
                    script.entry().name(),
                    new Row(
                            script.entry().name(),
                            script.name(),
                            why.isEmpty() ? "live" : script.error().isEmpty() ? "refused" : "broken",
                            Long.toString(script.entry().version()),
                            script.entry().sha256().substring(0, 12),
                            script.entry().changedBy(),
                            why));
        }
        // A version that runs may have a file beside it that cannot.
        refused.forEach((file, reason) -> rows.merge(
                file,
                new Row(file, "", "refused", "", "", "", reason),
                (live, bad) -> new Row(
                        file,
                        live.command(),
                        live.state(),
                        live.version(),
                        live.sha256(),
                        live.by(),
                        "the file on this node: " + reason)));
        return List.copyOf(rows.values());
    }
}
