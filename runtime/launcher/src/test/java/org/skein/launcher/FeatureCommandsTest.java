package org.skein.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.apache.felix.framework.FrameworkFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.launch.Framework;

class FeatureCommandsTest {
    @TempDir
    private Path home;

    private Instance instance;
    private Framework framework;
    private FeatureCommands commands;

    @BeforeEach
    void start() throws Exception {
        Files.createDirectories(home.resolve("bundles"));
        for (String name : List.of("a", "b", "c", "d")) {
            bundle(name);
        }
        Distribution distribution = new Distribution(home);
        instance = Instance.open(home.resolve("node"), distribution);
        framework = new FrameworkFactory()
                .newFramework(Map.of(
                        "org.osgi.framework.storage",
                        home.resolve("cache").toString(),
                        "org.osgi.framework.startlevel.beginning",
                        "6"));
        framework.init();
        TreeMap<String, Feature> features = new TreeMap<>();
        features.put("core", new Feature("core", "The server.", List.of("a.jar", "b.jar")));
        features.put("cluster", new Feature("cluster", "Several nodes.", List.of("d.jar")));
        features.put("more", new Feature("more", "Rooms.", List.of("b.jar", "c.jar")));
        InstalledBundles bundles = new InstalledBundles(
                distribution, framework.getBundleContext(), home.resolve("cache/distribution.tsv"));
        commands = new FeatureCommands(features, instance, bundles, framework.getBundleContext());
        bundles.reconcile(commands.jarsOf(commands.enabled()));
        framework.start();
    }

    @AfterEach
    void stop() throws Exception {
        framework.stop();
        framework.waitForStop(10_000);
        instance.close();
    }

    @Test
    void aFeatureIsInstalledWithItsBundlesAndRemembered() throws Exception {
        assertEquals("more installed, 1 bundles added", commands.install("more"));

        assertEquals(Set.of("a", "b", "c"), active());
        assertEquals(Set.of("core", "more"), commands.enabled());
        assertTrue(commands.list().lines().anyMatch(l -> l.matches("more +installed +2 +Rooms\\.")), commands.list());
    }

    @Test
    void aNeededFeatureIsInstalledUntilTheNodeEnds() throws Exception {
        commands.need("more");
        commands.need("more");

        assertEquals(Set.of("a", "b", "c"), active());
        assertEquals(Set.of("core"), commands.enabled());
        assertThrows(IllegalArgumentException.class, () -> commands.need("nothing"));
    }

    @Test
    void clusterModeInTheConfigurationBringsTheFeatureAlsoLater() throws Exception {
        Files.writeString(instance.resolve("etc/init.properties"), "--cluster-mode = true\n");
        assertEquals(Set.of("core", "cluster"), commands.enabled());
        assertEquals(Set.of("a", "b"), active());

        commands.need("cluster");

        assertEquals(Set.of("a", "b", "d"), active());
    }

    @Test
    void anUninstalledFeatureTakesOnlyWhatNoOtherNeeds() throws Exception {
        commands.install("more");
        commands.uninstall("more");

        assertEquals(Set.of("a", "b"), active());
        assertEquals(Set.of("core"), commands.enabled());
    }

    @Test
    void aConfiguredFeatureUninstalledAtTheConsoleStaysAway() throws Exception {
        Files.writeString(instance.resolve("etc/init.properties"), "--features=core,more\n");
        commands.uninstall("more");

        assertEquals(Set.of("core"), commands.enabled());
        commands.install("more");
        assertEquals(Set.of("core", "more"), commands.enabled());
    }

    @Test
    void unknownFeaturesAreNamed() {
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> commands.install("moor"));

        assertEquals("no feature 'moor'; there are cluster, core, more", refused.getMessage());
    }

    @Test
    void theLastFeatureStays() {
        assertThrows(IllegalArgumentException.class, () -> commands.uninstall("core"));
        assertEquals(Set.of("a", "b"), active());
    }

    private Set<String> active() {
        Set<String> active = new TreeSet<>();
        for (Bundle bundle : framework.getBundleContext().getBundles()) {
            if (bundle.getBundleId() != 0 && bundle.getState() == Bundle.ACTIVE) {
                active.add(bundle.getSymbolicName());
            }
        }
        return active;
    }

    private void bundle(String name) throws Exception {
        Manifest manifest = new Manifest();
        Attributes headers = manifest.getMainAttributes();
        headers.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        headers.putValue("Bundle-ManifestVersion", "2");
        headers.putValue("Bundle-SymbolicName", name);
        try (OutputStream out = Files.newOutputStream(home.resolve("bundles").resolve(name + ".jar"))) {
            new JarOutputStream(out, manifest).close();
        }
    }
}
