package org.skein.launcher;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.apache.felix.framework.FrameworkFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.startlevel.FrameworkStartLevel;

/**
 * Runs one node: {@code Main --base DIR [--console]}. Prints nothing but errors. Ends when the framework has stopped, whoever stopped
 * it, with exit status 0 (clean), 1 (failed), 2 (wrong configuration), 3 (a node already runs there) or 85 (it is to be
 * started again, where {@code SKEIN_RESTARTS=true} says that somebody does; else {@link Successor} does).
 */
public final class Main {
    /** SIGTERM promises an end within 5 s; bundles get nearly all of it. */
    private static final long STOP_MS = 4_500;

    private static final long STATE_POLL_MS = 100;

    /** Exit status of a node that is to be started again. */
    static final int RESTART = 85;

    private final Distribution distribution;
    private final Instance instance;
    private final boolean console;
    private final AtomicReference<String> fatal = new AtomicReference<>();
    private volatile Framework framework;
    private volatile boolean stopRequested;
    private volatile boolean restartRequested;

    private Main(Distribution distribution, Instance instance, boolean console) {
        this.distribution = distribution;
        this.instance = instance;
        this.console = console;
    }

    public static void main(String[] args) {
        int exitStatus;
        try {
            exitStatus = run(args);
        } catch (StartException e) {
            System.err.println("skein: " + e.getMessage());
            exitStatus = e.exitStatus();
        } catch (IOException | BundleException e) {
            System.err.println("skein: cannot start: " + e);
            exitStatus = StartException.FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            exitStatus = StartException.FAILED;
        }
        System.exit(exitStatus);
    }

    private static int run(String[] args) throws StartException, BundleException, IOException, InterruptedException {
        Distribution distribution = Distribution.ofLauncherJar();
        Path base = distribution.home();
        boolean console = false;
        for (int i = 0; i < args.length; i++) {
            if (args[i].equals("--base") && i + 1 < args.length) {
                base = Path.of(args[++i]).toAbsolutePath().normalize();
            } else if (args[i].equals("--console")) {
                console = true;
            } else {
                throw new StartException(StartException.WRONG_CONFIGURATION, "unknown argument " + args[i]);
            }
        }
        int status;
        try (Instance instance = Instance.open(base, distribution)) {
            status = new Main(distribution, instance, console).serve();
        }
        return status == RESTART ? Successor.of(distribution, base).orElse(RESTART) : status;
    }

    private int serve() throws StartException, BundleException, IOException, InterruptedException {
        TreeMap<String, Feature> features = distribution.features();
        Signals.onStop(() -> {
            restartRequested = false; // whoever says so now wants it to stay away
            stop();
        });
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "skein-shutdown"));
        InstalledBundles.forgetVanished(instance.resolve("data/cache"));
        try {
            framework = prepared(features);
        } catch (BundleException | IOException e) {
            // Remembered state of the framework that cannot be used (a crash while writing, another version) is thrown
            // away once.
            Trees.delete(instance.resolve("data/cache"));
            framework = prepared(features);
        }
        List<FrameworkEvent> errors = new ArrayList<>();
        BundleContext context = framework.getBundleContext();
        // A signal that came before there was a framework to stop, or meanwhile, is honoured here and below.
        if (context != null && !stopRequested) {
            context.addFrameworkListener(event -> {
                if (event.getType() == FrameworkEvent.ERROR) {
                    synchronized (errors) {
                        errors.add(event);
                    }
                }
            });
            context.addBundleListener(new RefuseNonBundles(new NodeLog(context), instance.resolve("deploy")));
            framework.start();
            raise(context);
            MemoryReturn.start();
        }
        synchronized (errors) {
            errors.forEach(Main::report);
        }
        if (stopRequested) {
            framework.stop();
        }
        while (framework.waitForStop(0).getType() == FrameworkEvent.STOPPED_UPDATE) {
            // 'update 0' at the console: the framework comes back by itself.
            continue;
        }
        return fatal.get() != null ? StartException.WRONG_CONFIGURATION : restartRequested ? RESTART : 0;
    }

    /**
     * Starts level after level, and stops at the first that says it cannot be: a node with a wrong configuration starts
     * nothing that would use it.
     */
    private void raise(BundleContext context) throws InterruptedException {
        FrameworkStartLevel levels = framework.adapt(FrameworkStartLevel.class);
        for (int level = StartLevels.CONFIGURATION + 1; level <= StartLevels.DEPLOYED && !stopRequested; level++) {
            CountDownLatch reached = new CountDownLatch(1);
            levels.setStartLevel(level, event -> reached.countDown());
            // Stopped meanwhile, nobody tells.
            while (!stopRequested && !reached.await(STATE_POLL_MS, TimeUnit.MILLISECONDS)) {
                if (framework.getState() != Bundle.ACTIVE) {
                    return;
                }
            }
        }
    }

    /** A framework that knows all its bundles and has started none. */
    private Framework prepared(TreeMap<String, Feature> features)
            throws StartException, BundleException, IOException, InterruptedException {
        Framework prepared = new FrameworkFactory().newFramework(properties());
        prepared.init();
        try {
            BundleContext context = prepared.getBundleContext();
            InstalledBundles bundles =
                    new InstalledBundles(distribution, context, instance.resolve("data/cache/distribution.tsv"));
            FeatureCommands commands = new FeatureCommands(features, instance, bundles, context);
            bundles.reconcile(commands.jarsOf(commands.enabled()));
            context.registerService(FeatureCommands.class, commands, commandProperties());
            UnaryOperator<String> onAsk = commands::ask;
            context.registerService(UnaryOperator.class, onAsk, new Hashtable<>(Map.of("skein.role", "features")));
            Consumer<String> onNeed = commands::need;
            context.registerService(Consumer.class, onNeed, new Hashtable<>(Map.of("skein.role", "feature")));
            Consumer<String> onFatal = this::fail;
            context.registerService(Consumer.class, onFatal, new Hashtable<>(Map.of("skein.role", "fatal")));
            context.registerService(Runnable.class, this::restart, new Hashtable<>(Map.of("skein.role", "restart")));
            return prepared;
        } catch (StartException | BundleException | IOException e) {
            prepared.stop();
            prepared.waitForStop(STOP_MS);
            throw e;
        }
    }

    private Map<String, String> properties() throws StartException {
        String base = instance.base().toString();
        Map<String, String> skein = Map.of(
                "skein.base",
                base,
                "skein.home",
                distribution.home().toString(),
                "skein.version",
                distribution.version(),
                "skein.console",
                Boolean.toString(console),
                "org.ops4j.pax.logging.property.file",
                base + "/etc/org.ops4j.pax.logging.cfg",
                "org.ops4j.pax.logging.DefaultServiceLog.level",
                "ERROR",
                "org.ops4j.pax.logging.service.frameworkEventsLogLevel",
                "DISABLED");
        // Logging configuration and libraries substitute these, and they see system properties only.
        skein.forEach(System::setProperty);
        Map<String, String> properties = new HashMap<>(skein);
        properties.put("org.osgi.framework.storage", base + "/data/cache");
        properties.put("org.osgi.framework.startlevel.beginning", Integer.toString(StartLevels.CONFIGURATION));
        properties.put("felix.log.level", "1");
        properties.put("felix.startlevel.bundle", Integer.toString(StartLevels.DEPLOYED));
        // org.skein.config is the only writer of configurations and keeps what must outlive the process.
        properties.put("felix.cm.pm", "memory");
        properties.put("felix.fileinstall.dir", base + "/deploy");
        properties.put("felix.fileinstall.filter", ".*\\.jar");
        properties.put("felix.fileinstall.poll", "500");
        properties.put("felix.fileinstall.noInitialDelay", "true");
        properties.put("felix.fileinstall.disableNio2", "true");
        properties.put("felix.fileinstall.enableConfigSave", "false");
        properties.put("felix.fileinstall.start.level", Integer.toString(StartLevels.DEPLOYED));
        properties.put("felix.fileinstall.tmpdir", base + "/data/tmp");
        properties.put("felix.fileinstall.log.level", "2");
        properties.put("ds.showtrace", "false");
        // What SCR says of a component is under SCR's name, or --debug of an area drowns in it.
        properties.put("ds.log.extension", "true");
        return properties;
    }

    private static Dictionary<String, Object> commandProperties() {
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put("osgi.command.scope", "feature");
        properties.put("osgi.command.function", new String[] {"list", "install", "uninstall"});
        return properties;
    }

    private void fail(String message) {
        if (fatal.compareAndSet(null, message)) {
            System.err.println(message);
        }
        stopRequested = true;
        new Thread(this::stop, "skein-stop").start();
    }

    private void restart() {
        restartRequested = !stopRequested;
        new Thread(this::stop, "skein-stop").start();
    }

    /** Stops the framework and waits for it, bounded; a bundle that does not stop is left behind by ending the process. */
    private void stop() {
        stopRequested = true;
        Framework running = framework;
        if (running == null) {
            return;
        }
        try {
            running.stop();
            if (running.waitForStop(STOP_MS).getType() == FrameworkEvent.WAIT_TIMEDOUT) {
                System.err.println("skein: a bundle did not stop within " + STOP_MS + " ms, ending the process");
                endHanging();
            }
        } catch (BundleException | IOException e) {
            System.err.println("skein: while stopping: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Its ports and its place in the database are free when this process is gone: what takes its place waits for that,
     * and this one not for it. One thread at a time, and the first is the last.
     */
    private synchronized void endHanging() throws IOException {
        int status = fatal.get() == null ? StartException.FAILED : StartException.WRONG_CONFIGURATION;
        try {
            if (restartRequested) {
                status = RESTART;
                if (!Successor.isSupervised()) {
                    Successor.after(ProcessHandle.current().pid(), distribution.home(), instance.base());
                    System.err.println("skein: the node is started again in the background");
                }
            }
        } catch (IOException e) {
            System.err.println("skein: the node is not started again: " + e);
        }
        try {
            instance.close();
        } finally {
            Runtime.getRuntime().halt(status);
        }
    }

    private static void report(FrameworkEvent event) {
        Bundle bundle = event.getBundle();
        Throwable cause = event.getThrowable();
        System.err.println("skein: bundle " + bundle.getSymbolicName() + " did not start: "
                + (cause.getMessage() == null ? cause : cause.getMessage()));
    }
}
