package org.skein.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.apache.felix.framework.FrameworkFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.Version;
import org.osgi.framework.launch.Framework;

/** On a real framework, restarted as a node is. */
class InstalledBundlesTest {
    @TempDir
    private Path home;

    private Framework framework;
    private InstalledBundles bundles;

    @BeforeEach
    void start() throws Exception {
        Files.createDirectories(home.resolve("bundles"));
        boot();
    }

    @AfterEach
    void stop() throws Exception {
        framework.stop();
        framework.waitForStop(10_000);
    }

    @Test
    void wantedJarsAreInstalledAndStarted() throws Exception {
        jar("a.jar", "a", "1.0.0");

        assertEquals(1, bundles.reconcile(Set.of("a.jar")).size());
        framework.start();

        assertEquals(Bundle.ACTIVE, bundle("a").getState());
    }

    @Test
    void aRestartAddsNothingAndKeepsWhatAnOperatorStopped() throws Exception {
        jar("a.jar", "a", "1.0.0");
        bundles.reconcile(Set.of("a.jar"));
        framework.start();
        bundle("a").stop();
        restart();

        assertTrue(bundles.reconcile(Set.of("a.jar")).isEmpty());
        framework.start();
        assertNotEquals(Bundle.ACTIVE, bundle("a").getState());
    }

    @Test
    void aJarRebuiltSinceTheLastStartIsUpdated() throws Exception {
        Path jar = jar("a.jar", "a", "1.0.0");
        bundles.reconcile(Set.of("a.jar"));
        restart();
        jar("a.jar", "a", "1.1.0");
        Files.setLastModifiedTime(jar, FileTime.fromMillis(1_000));
        bundles.reconcile(Set.of("a.jar"));
        framework.start();

        assertEquals(Version.parseVersion("1.1.0"), bundle("a").getVersion());
        assertEquals(Bundle.ACTIVE, bundle("a").getState());
    }

    @Test
    void aJarNoLongerWantedIsUninstalledAndAForeignOneIsLeftAlone() throws Exception {
        jar("a.jar", "a", "1.0.0");
        jar("b.jar", "b", "1.0.0");
        bundles.reconcile(Set.of("a.jar", "b.jar"));
        Path foreign = jar("c.jar", "c", "1.0.0");
        framework.getBundleContext().installBundle(foreign.toUri().toString());

        bundles.reconcile(Set.of("b.jar"));

        assertNull(bundle("a"));
        assertNotNull(bundle("b"));
        assertNotNull(bundle("c"));
    }

    @Test
    void aJarThatVanishedIsForgotten() throws Exception {
        Path jar = jar("a.jar", "a", "1.0.0");
        bundles.reconcile(Set.of("a.jar"));
        framework.stop();
        framework.waitForStop(10_000);
        Files.delete(jar);
        InstalledBundles.forgetVanished(home.resolve("cache"));
        boot();

        assertTrue(bundles.reconcile(Set.of()).isEmpty());
        assertNull(bundle("a"));
    }

    @Test
    void aJarWithoutSymbolicNameIsRefused() throws Exception {
        jar("plain.jar", null, null);

        BundleException refused = assertThrows(BundleException.class, () -> bundles.reconcile(Set.of("plain.jar")));

        assertTrue(refused.getMessage().contains("plain.jar"), refused.getMessage());
        assertTrue(refused.getMessage().contains("Bundle-SymbolicName"), refused.getMessage());
    }

    private void restart() throws Exception {
        stop();
        boot();
    }

    private void boot() throws Exception {
        framework = new FrameworkFactory()
                .newFramework(Map.of(
                        "org.osgi.framework.storage",
                        home.resolve("cache").toString(),
                        "org.osgi.framework.startlevel.beginning",
                        "6"));
        framework.init();
        bundles = new InstalledBundles(
                new Distribution(home), framework.getBundleContext(), home.resolve("cache/distribution.tsv"));
    }

    private Bundle bundle(String name) {
        for (Bundle bundle : framework.getBundleContext().getBundles()) {
            if (name.equals(bundle.getSymbolicName())) {
                return bundle;
            }
        }
        return null;
    }

    private Path jar(String file, String symbolicName, String version) throws IOException {
        Manifest manifest = new Manifest();
        Attributes headers = manifest.getMainAttributes();
        headers.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        if (symbolicName != null) {
            headers.putValue("Bundle-ManifestVersion", "2");
            headers.putValue("Bundle-SymbolicName", symbolicName);
            headers.putValue("Bundle-Version", version);
        }
        Path jar = home.resolve("bundles").resolve(file);
        try (OutputStream out = Files.newOutputStream(jar)) {
            new JarOutputStream(out, manifest).close();
        }
        return jar;
    }
}
