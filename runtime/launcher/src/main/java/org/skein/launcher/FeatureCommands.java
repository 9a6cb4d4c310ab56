package org.skein.launcher;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.wiring.FrameworkWiring;

/**
 * The console commands {@code feature:list}, {@code feature:install} and {@code feature:uninstall}. Called by the shell through
 * reflection; what a method returns is printed, what it throws makes the command fail.
 */
public final class FeatureCommands {
    private static final String CLUSTER = "cluster";

    private final TreeMap<String, Feature> known;
    private final Instance instance;
    private final InstalledBundles bundles;
    private final BundleContext context;
    private final Set<String> needed = new LinkedHashSet<>();

    FeatureCommands(
            TreeMap<String, Feature> known, Instance instance, InstalledBundles bundles, BundleContext context) {
        this.known = known;
        this.instance = instance;
        this.bundles = bundles;
        this.context = context;
    }

    /** The features that start with this node: those configured, as changed at the console. */
    Set<String> enabled() throws StartException {
        Set<String> enabled = new LinkedHashSet<>(instance.configuredFeatures());
        if (instance.isClusterMode() && known.containsKey(CLUSTER)) {
            enabled.add(CLUSTER);
        }
        for (String line : instance.switchedFeatures()) {
            if (line.startsWith("+") && known.containsKey(line.substring(1))) {
                enabled.add(line.substring(1));
            } else if (line.startsWith("-")) {
                enabled.remove(line.substring(1));
            }
        }
        for (String name : enabled) {
            if (!known.containsKey(name)) {
                throw new StartException(
                        StartException.WRONG_CONFIGURATION,
                        instance.resolve("etc/init.properties") + ": --features names '" + name
                                + "', which this distribution does not have; it has "
                                + String.join(", ", known.keySet()));
            }
        }
        return enabled;
    }

    /** The jars of these features. */
    Set<String> jarsOf(Set<String> features) {
        Set<String> jars = new LinkedHashSet<>();
        features.forEach(name -> jars.addAll(known.get(name).bundles()));
        return jars;
    }

    /**
     * For the administration commands, which work on all nodes: {@code list} answers a line for each feature with
     * tabulators between the cells, {@code install NAME} and {@code uninstall NAME} what was done.
     *
     * @throws IllegalArgumentException for what there is not
     */
    String ask(String words) {
        String[] word = words.split(" ", 2);
        try {
            return switch (word[0]) {
                case "list" -> rows();
                case "install" -> install(word[1]);
                case "uninstall" -> uninstall(word[1]);
                default -> throw new IllegalArgumentException("nothing is known of '" + words + "'");
            };
        } catch (StartException | BundleException | IOException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private synchronized String rows() throws StartException {
        Set<String> enabled = enabled();
        enabled.addAll(needed);
        List<String> lines = new ArrayList<>();
        known.forEach((name, feature) -> lines.add(String.join(
                "\t",
                name,
                enabled.contains(name) ? "installed" : "available",
                Integer.toString(feature.bundles().size()),
                feature.description())));
        return String.join("\n", lines);
    }

    /** One line per feature. */
    public synchronized String list() throws StartException {
        Set<String> enabled = enabled();
        enabled.addAll(needed);
        StringBuilder table =
                new StringBuilder(String.format("%-14s %-11s %7s  %s", "Name", "State", "Bundles", "What"));
        for (Map.Entry<String, Feature> feature : known.entrySet()) {
            table.append(String.format(
                    "%n%-14s %-11s %7d  %s",
                    feature.getKey(),
                    enabled.contains(feature.getKey()) ? "installed" : "available",
                    feature.getValue().bundles().size(),
                    feature.getValue().description()));
        }
        return table.toString();
    }

    /** Installs and starts the bundles of a feature that something running needs, until the node ends. */
    synchronized void need(String name) {
        try {
            checkKnown(name);
            Set<String> enabled = enabled();
            needed.add(name);
            enabled.addAll(needed);
            // Also where the configuration has come to name it since this node started.
            bundles.reconcile(jarsOf(enabled));
        } catch (StartException | BundleException | IOException e) {
            throw new IllegalStateException("feature " + name + " cannot be installed: " + e.getMessage(), e);
        }
    }

    /** Installs and starts the bundles of a feature, now and at every later start. */
    public synchronized String install(String name) throws StartException, BundleException, IOException {
        checkKnown(name);
        Set<String> enabled = enabled();
        if (!enabled.add(name)) {
            return name + " is installed already";
        }
        if (name.equals(CLUSTER)) checkClusterMode();
        enabled.addAll(needed);
        int added = bundles.reconcile(jarsOf(enabled)).size();
        remember(name, "+");
        return name + " installed, " + added + " bundles added";
    }

    /** Removes the bundles that no other installed feature needs, now and at every later start. */
    public synchronized String uninstall(String name) throws StartException, BundleException, IOException {
        checkKnown(name);
        Set<String> enabled = enabled();
        if (enabled.size() == 1 && enabled.contains(name)) {
            throw new IllegalArgumentException(name + " is the only feature left");
        }
        boolean wasNeeded = needed.remove(name);
        if (!enabled.remove(name) && !wasNeeded) {
            return name + " is not installed";
        }
        enabled.addAll(needed);
        bundles.reconcile(jarsOf(enabled));
        context.getBundle(0).adapt(FrameworkWiring.class).refreshBundles(null);
        remember(name, "-");
        return name + " uninstalled";
    }

    /** The feature turns the mode on where it is not set: whoever knows why it cannot be says so. */
    private void checkClusterMode() {
        try {
            for (ServiceReference<?> check :
                    context.getServiceReferences(Function.class, "(skein.setting=cluster-mode)")) {
                Object service = context.getService(check);
                if (!(service instanceof Function<?, ?> function)) continue;
                @SuppressWarnings("unchecked")
                String reason = String.valueOf(((Function<Object, Object>) function).apply(null));
                context.ungetService(check);
                if (!reason.isEmpty()) throw new IllegalArgumentException(reason);
            }
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private void checkKnown(String name) {
        if (!known.containsKey(name)) {
            throw new IllegalArgumentException(
                    "no feature '" + name + "'; there are " + String.join(", ", known.keySet()));
        }
    }

    private void remember(String name, String sign) throws StartException, IOException {
        List<String> lines = new ArrayList<>(instance.switchedFeatures());
        lines.removeIf(line -> line.length() > 1 && line.substring(1).equals(name));
        if (sign.equals("+") != instance.configuredFeatures().contains(name)) {
            lines.add(sign + name);
        }
        instance.writeSwitchedFeatures(lines);
    }
}
