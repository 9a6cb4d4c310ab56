package org.skein.adhoc.internal.bundles;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.felix.framework.FrameworkFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.launch.Framework;
import org.skein.api.monitor.HealthCheck;

/** With a framework of its own. */
class FrameworkBundlesTest {
    private static final String NAME = "my.bundle";

    @TempDir
    Path folder;

    private Framework framework;
    private FrameworkBundles bundles;
    private HealthCheck.Status status = HealthCheck.Status.OK;

    /** Fails to start. */
    public static final class Failing implements BundleActivator {
        @Override
        public void start(BundleContext context) {
            throw new IllegalStateException("the activator says no");
        }

        @Override
        public void stop(BundleContext context) {}
    }

    /** Takes until it is interrupted. */
    public static final class Hanging implements BundleActivator {
        @Override
        public void start(BundleContext context) throws InterruptedException {
            Thread.sleep(TimeUnit.MINUTES.toMillis(5));
        }

        @Override
        public void stop(BundleContext context) {}
    }

    @BeforeEach
    void start() throws BundleException {
        framework = new FrameworkFactory()
                .newFramework(Map.of(
                        "org.osgi.framework.storage", folder.resolve("cache").toString(), "felix.log.level", "0"));
        framework.start();
        HealthCheck check = new HealthCheck() {
            @Override
            public String name() {
                return "database";
            }

            @Override
            public Health check() {
                return new Health(status, "as the test says");
            }
        };
        Vitals vitals = new Vitals(() -> List.of(check), Optional::empty, Duration.ofMillis(1));
        bundles = new FrameworkBundles(framework.getBundleContext(), folder.resolve("shared"), vitals);
    }

    @AfterEach
    void stop() throws BundleException, InterruptedException {
        framework.stop();
        framework.waitForStop(10_000);
    }

    private static Jars jar(String version) {
        return Jars.bundle(NAME, version);
    }

    private String put(Jars jar) throws BundleProblem {
        byte[] content = jar.toBytes();
        return bundles.put(NAME, content, BundleFile.sha256(content));
    }

    private String problem(Jars jar) {
        return assertThrows(BundleProblem.class, () -> put(jar)).getMessage();
    }

    private Bundle bundle() {
        return framework.getBundleContext().getBundle("shared:" + NAME);
    }

    @Test
    void aBundleIsInstalledStartedReplacedAndRemoved() throws BundleProblem {
        byte[] first = jar("1.0").toBytes();
        put(jar("1.0"));
        assertEquals(Set.of(NAME), bundles.names());
        assertEquals(Bundle.ACTIVE, bundle().getState());
        assertEquals(Optional.of("1.0.0"), bundles.version(NAME));
        assertEquals(Optional.of(BundleFile.sha256(first)), bundles.checksum(NAME));
        assertArrayEquals(first, bundles.content(NAME).orElseThrow());
        long id = bundle().getBundleId();
        put(jar("2.0"));
        assertEquals(Optional.of("2.0.0"), bundles.version(NAME));
        assertEquals(id, bundle().getBundleId(), "it was updated");
        assertEquals(Bundle.ACTIVE, bundle().getState());
        bundles.remove(NAME);
        assertEquals(Set.of(), bundles.names());
        assertEquals(Optional.empty(), bundles.content(NAME));
        bundles.remove(NAME);
        put(jar("1.0"));
    }

    @Test
    void itIsThereAgainAfterARestart() throws Exception {
        put(jar("1.0"));
        Optional<String> checksum = bundles.checksum(NAME);
        stop();
        start();
        assertEquals(Bundle.ACTIVE, bundle().getState());
        assertEquals(checksum, bundles.checksum(NAME));
    }

    @Test
    void oneThatIsStoppedByHandIsAsItShouldBe() throws Exception {
        assertTrue(!bundles.isAsItShouldBe(NAME));
        put(jar("1.0"));
        assertTrue(bundles.isAsItShouldBe(NAME));
        bundle().stop(Bundle.STOP_TRANSIENT);
        assertTrue(!bundles.isAsItShouldBe(NAME));
        bundle().stop();
        assertTrue(bundles.isAsItShouldBe(NAME));
    }

    @Test
    void allThatIsMissingIsNamed() {
        String said = problem(
                jar("1.0")
                        .header(
                                "Import-Package",
                                "com.example.one,com.example.two;version=\"[1,2)\",not.needed;resolution:=optional,org.osgi.framework"));
        assertTrue(said.contains("package com.example.one, package com.example.two ("), said);
        assertTrue(!said.contains("not.needed") && !said.contains("org.osgi"), said);
        assertEquals(Optional.empty(), bundles.checksum(NAME));
        assertTrue(problem(jar("1.0").header("Require-Bundle", "other.bundle")).contains("other.bundle"));
    }

    @Test
    void whatDoesNotStartSaysWhyAndTheOneBeforeCanBePutBack() throws BundleProblem {
        put(jar("1.0"));
        Jars failing = jar("2.0").type(Failing.class).header("Bundle-Activator", Failing.class.getName());
        failing.header("Import-Package", "org.osgi.framework");
        String said = problem(failing);
        assertTrue(said.contains("the activator says no"), said);
        assertEquals(Optional.empty(), bundles.checksum(NAME), "nobody takes it for well");
        put(jar("1.0"));
        assertEquals(Bundle.ACTIVE, bundle().getState());
        assertTrue(
                problem(jar("3.0").header("Bundle-Activator", "no.such.Class")).contains("no.such.Class"));
        assertTrue(problem(jar("3.0").header("Bundle-ManifestVersion", "7")).startsWith("it cannot be installed"));
        bundles.remove(NAME);
        assertEquals(Set.of(), bundles.names());
    }

    @Test
    void whatHangsInItsStartIsInterrupted() throws Exception {
        Jars hanging = jar("1.0").type(Hanging.class).header("Bundle-Activator", Hanging.class.getName());
        hanging.header("Import-Package", "org.osgi.framework");
        Thread me = Thread.currentThread();
        Thread impatient = new Thread(() -> {
            while (bundle() == null || bundle().getState() != Bundle.STARTING) Thread.onSpinWait();
            me.interrupt();
        });
        impatient.start();
        String said = problem(hanging);
        impatient.join();
        assertTrue(said.contains("does not start"), said);
        put(jar("1.1"));
        assertEquals(Bundle.ACTIVE, bundle().getState());
    }

    @Test
    void aNameThatAnotherBundleHasIsRefused() throws Exception {
        byte[] other = jar("0.9").toBytes();
        framework.getBundleContext().installBundle("file:/deploy/my.jar", new ByteArrayInputStream(other));
        String said = problem(jar("1.0"));
        assertTrue(said.contains("came otherwise") && said.contains("file:/deploy/my.jar"), said);
        assertTrue(said.endsWith("uninstall that one first"), said);
        assertEquals(Set.of(), bundles.names());
    }

    @Test
    void aNameOfTheServersOwnLibrariesIsRefused() throws Exception {
        Path library = Files.write(
                folder.resolve("library.jar"), Jars.bundle(NAME, "0.9").toBytes());
        framework.getBundleContext().installBundle("reference:" + library.toUri());
        String said = problem(jar("1.0"));
        assertTrue(said.endsWith("it belongs to the server"), said);
    }

    @Test
    void aNodeThatIsLessWellThanBeforeIsAProblemOneThatWasNotWellIsNone() throws BundleProblem {
        status = HealthCheck.Status.DEGRADED;
        put(jar("1.0"));
        HealthCheck sickOne = new Sick();
        Vitals vitals = new Vitals(() -> List.of(sickOne), Optional::empty, Duration.ofMillis(1));
        FrameworkBundles sick = new FrameworkBundles(framework.getBundleContext(), folder.resolve("shared"), vitals);
        byte[] content = jar("2.0").toBytes();
        String said = assertThrows(BundleProblem.class, () -> sick.put(NAME, content, BundleFile.sha256(content)))
                .getMessage();
        assertTrue(said.contains("not well") && said.contains("links is DOWN, it broke"), said);
        assertEquals(Optional.empty(), sick.checksum(NAME));
    }

    /** Well when it is asked for the first time. */
    private static final class Sick implements HealthCheck {
        private boolean wasAsked;

        @Override
        public String name() {
            return "links";
        }

        @Override
        public Health check() {
            Status now = wasAsked ? Status.DOWN : Status.OK;
            wasAsked = true;
            return new Health(now, "it broke");
        }
    }

    @Test
    void aRecordThatIsGoneOrAJarThatWasChangedIsNotBelieved() throws Exception {
        put(jar("1.0"));
        Files.write(folder.resolve("shared/my.bundle.jar"), new byte[] {1});
        assertEquals(Optional.empty(), bundles.content(NAME));
        Files.delete(folder.resolve("shared/my.bundle.sha256"));
        assertEquals(Optional.empty(), bundles.checksum(NAME));
    }
}
