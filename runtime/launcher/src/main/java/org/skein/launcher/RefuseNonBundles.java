package org.skein.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.SynchronousBundleListener;

/**
 * Says that an ordinary jar is no bundle. One that somebody installs is removed at once: the framework would call it ACTIVE although it
 * exports and does nothing, which looks like success. One dropped into {@code deploy/} is passed over by the library that watches the
 * folder, without a word; so it is looked for here.
 */
final class RefuseNonBundles implements SynchronousBundleListener {
    private static final String REASON = " reason=\"not a bundle: its manifest has no Bundle-SymbolicName\"";

    private final NodeLog log;
    private final Path deploy;
    private final Map<Path, String> seen = new HashMap<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "skein-deploy-check");
        thread.setDaemon(true);
        return thread;
    });

    RefuseNonBundles(NodeLog log, Path deploy) {
        this.log = log;
        this.deploy = deploy;
        timer.scheduleWithFixedDelay(this::checkDeployed, 2, 2, TimeUnit.SECONDS);
    }

    @Override
    public void bundleChanged(BundleEvent event) {
        Bundle bundle = event.getBundle();
        if (event.getType() != BundleEvent.INSTALLED || bundle.getSymbolicName() != null) {
            return;
        }
        log.warn("what=jar_refused location=" + bundle.getLocation() + REASON);
        try {
            bundle.uninstall();
        } catch (BundleException e) {
            log.warn("what=jar_not_removed location=" + bundle.getLocation() + " reason=\"" + e.getMessage() + "\"");
        }
    }

    /** A file counts once its time and size have stayed the same from one look to the next: it may be still being copied. */
    private void checkDeployed() {
        try (Stream<Path> files = Files.list(deploy)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".jar")).toList()) {
                BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
                String stamp = now.lastModifiedTime() + " " + now.size();
                String before = seen.put(file, stamp);
                if (stamp.equals(before)) {
                    seen.put(file, "checked " + stamp);
                    if (!isBundle(file)) {
                        log.warn("what=jar_refused location=" + file + REASON);
                    }
                } else if (("checked " + stamp).equals(before)) {
                    seen.put(file, before);
                }
            }
            seen.keySet().removeIf(file -> !Files.exists(file));
        } catch (IOException e) {
            log.warn("what=deploy_check_failed folder=" + deploy + " reason=\"" + e + "\"");
        }
    }

    private static boolean isBundle(Path file) {
        try (JarFile jar = new JarFile(file.toFile())) {
            Manifest manifest = jar.getManifest();
            return manifest != null && manifest.getMainAttributes().getValue(Constants.BUNDLE_SYMBOLICNAME) != null;
        } catch (IOException e) {
            return false;
        }
    }
}
