package org.skein.config.internal;

import java.io.IOException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Dictionary;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.osgi.annotation.bundle.Header;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleException;
import org.osgi.framework.BundleListener;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.cm.ConfigurationListener;
import org.osgi.service.cm.ManagedService;
import org.skein.api.config.NodeSettings;
import org.skein.config.settings.Problem;
import org.skein.config.settings.SettingsTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts before Declarative Services, hence an activator: when the first component comes up, its configuration is
 * complete. A wrong file ends the start here, before anything has begun.
 */
@Header(name = Constants.BUNDLE_ACTIVATOR, value = "${@class}")
public final class Activator implements BundleActivator, BundleListener {
    private static final Logger log = LoggerFactory.getLogger(Activator.class);

    private BundleContext context;
    private Path base;
    private Configurator configurator;
    private FileWatch watch;
    private ServedSettings served;
    /** Bundles that had a table when it was looked last. */
    private volatile Set<Long> withTable = Set.of();

    @Override
    public void start(BundleContext context) throws Exception {
        this.context = context;
        String folder = context.getProperty("skein.base");
        if (folder == null) {
            log.warn("what=config_idle reason=\"framework property skein.base is not set\"");
            return;
        }
        base = Path.of(folder).toAbsolutePath().normalize();
        ServiceReference<ConfigurationAdmin> reference = context.getServiceReference(ConfigurationAdmin.class);
        if (reference == null) {
            throw new BundleException("Configuration Admin must start before org.skein.config");
        }
        boolean offline = Boolean.parseBoolean(context.getProperty("skein.offline"));
        InstanceFiles files = new InstanceFiles(base, offline, context::getProperty);
        ConfigurationAdmin admin = context.getService(reference);
        Fence fence = new Fence(admin);
        configurator = new Configurator(
                admin,
                files,
                new Overrides(base.resolve("data").resolve("config").resolve("console.properties")),
                this::tables);
        watch = new FileWatch(files, configurator);
        configurator.loadOverrides();
        List<Problem> problems = configurator.reload();
        if (!problems.isEmpty()) {
            refuse(problems);
            return;
        }
        context.registerService(ConfigurationListener.class, configurator, null);
        context.registerService(
                new String[] {ManagedService.class.getName(), ConfigurationListener.class.getName()},
                fence,
                new Hashtable<>(Map.of(Constants.SERVICE_PID, Fence.PID)));
        ConfigCommands commands = new ConfigCommands(configurator, fence, this::refusal);
        LogCommands logging = new LogCommands(configurator, fence);
        register("config", commands, "show", "set", "reset", "reload", "__names");
        register("log", logging, "level", "levels", "__areas");
        served = new ServedSettings(configurator, commands, logging);
        context.registerService(NodeSettings.class, served, null);
        context.addBundleListener(this);
        watch.start();
    }

    /** Asks a {@code Function} with the property {@code skein.setting=NAME}, where somebody offers one. */
    private String refusal(String name, Object value) {
        try {
            for (ServiceReference<?> check :
                    context.getServiceReferences(Function.class, "(skein.setting=" + name + ")")) {
                Object service = context.getService(check);
                if (!(service instanceof Function<?, ?> function)) continue;
                @SuppressWarnings("unchecked")
                Object reason = ((Function<Object, Object>) function).apply(value);
                context.ungetService(check);
                if (!String.valueOf(reason).isEmpty()) return String.valueOf(reason);
            }
        } catch (InvalidSyntaxException e) {
            throw new IllegalArgumentException(name, e);
        }
        return "";
    }

    private void register(String scope, Object commands, String... functions) {
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put("osgi.command.scope", scope);
        properties.put("osgi.command.function", functions);
        context.registerService(Object.class, commands, properties);
    }

    /** All tables known: of the distribution, of the bundles installed, and of jars about to be deployed. */
    private SettingsTable tables() {
        SettingsTable.Builder builder = new SettingsTable.Builder();
        Set<Long> found = new HashSet<>();
        for (Bundle bundle : context.getBundles()) {
            URL entry = bundle.getBundleId() == 0 ? null : table(bundle);
            if (entry != null) {
                found.add(bundle.getBundleId());
                addEntry(builder, bundle.getSymbolicName(), entry);
            }
        }
        withTable = found;
        String home = context.getProperty("skein.home");
        if (home != null) {
            builder.addFile(Path.of(home).resolve("share").resolve("settings.tsv"));
        }
        return builder.addJarsIn(base.resolve("deploy")).build();
    }

    /** @return null if it has none, or has just been uninstalled */
    private static URL table(Bundle bundle) {
        try {
            return bundle.getEntry(SettingsTable.ENTRY);
        } catch (IllegalStateException gone) {
            return null;
        }
    }

    private static void addEntry(SettingsTable.Builder builder, String origin, URL entry) {
        try {
            builder.add(origin, entry.openStream());
        } catch (IOException e) {
            log.warn("what=settings_table_ignored bundle={}", origin, e);
        }
    }

    /** Hands the list to the launcher, which prints it and ends the process. */
    private void refuse(List<Problem> problems) throws BundleException, InvalidSyntaxException {
        problems.forEach(p -> log.error("what=config_wrong {}", p));
        String message = problems.stream().map(Problem::toString).collect(Collectors.joining("\n"));
        ServiceReference<?>[] launcher =
                context.getAllServiceReferences(java.util.function.Consumer.class.getName(), "(skein.role=fatal)");
        if (launcher == null) {
            throw new BundleException(message);
        }
        @SuppressWarnings("unchecked")
        java.util.function.Consumer<String> fatal =
                (java.util.function.Consumer<String>) context.getService(launcher[0]);
        fatal.accept(message);
    }

    @Override
    public void bundleChanged(BundleEvent event) {
        boolean mayBringTable = event.getType() == BundleEvent.INSTALLED
                || event.getType() == BundleEvent.UPDATED
                || event.getType() == BundleEvent.UNINSTALLED;
        Bundle bundle = event.getBundle();
        if (mayBringTable && (withTable.contains(bundle.getBundleId()) || table(bundle) != null)) {
            try {
                configurator.reload().forEach(p -> log.error("what=config_rejected {}", p));
            } catch (IOException e) {
                log.error("what=config_not_read", e);
            }
        }
    }

    @Override
    public void stop(BundleContext context) {
        if (watch != null) {
            watch.close();
        }
        if (served != null) {
            served.close();
        }
    }
}
