package org.skein.launcher;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.startlevel.BundleStartLevel;

/**
 * Keeps the bundles that came from the distribution in step with its jars. The framework remembers bundles between starts and reads
 * distribution jars in place; a jar rebuilt since is noticed by its time and size and updated, so the framework's memory is never an
 * obstacle. What an operator installed or stopped by hand is left alone.
 */
final class InstalledBundles {
    private static final String REFERENCE = "reference:file:";

    private final Distribution distribution;
    private final BundleContext context;
    private final Path record;

    InstalledBundles(Distribution distribution, BundleContext context, Path record) {
        this.distribution = distribution;
        this.context = context;
        this.record = record;
    }

    /**
     * Makes the framework hold exactly these jars of the distribution.
     *
     * @return the bundles that are new, in the order of their start levels
     */
    synchronized List<Bundle> reconcile(Set<String> jars) throws BundleException, IOException {
        Map<String, String> known = readRecord();
        Map<String, String> wanted = new LinkedHashMap<>();
        List<Bundle> added = new ArrayList<>();
        List<String> ordered = new ArrayList<>(jars);
        ordered.sort((a, b) -> Integer.compare(StartLevels.of(a), StartLevels.of(b)));
        for (String jar : ordered) {
            Path file = distribution.bundle(jar);
            String location = REFERENCE + file.toUri().toString().substring(5);
            String stamp = Files.getLastModifiedTime(file).toMillis() + " " + Files.size(file);
            wanted.put(location, stamp);
            Bundle bundle = context.getBundle(location);
            if (bundle == null) {
                added.add(install(jar, location));
                continue;
            }
            BundleStartLevel level = bundle.adapt(BundleStartLevel.class);
            if (level.getStartLevel() != StartLevels.of(jar)) { // remembered from an older distribution
                level.setStartLevel(StartLevels.of(jar));
            }
            if (!stamp.equals(known.get(location))) {
                bundle.update();
            }
        }
        removeOthers(known.keySet(), wanted.keySet());
        if (!wanted.equals(known)) {
            writeRecord(wanted);
        }
        return added;
    }

    /**
     * Removes from the framework's storage what refers to a jar that is no longer there (another version has taken its place), before
     * the framework looks: it would complain about each of them.
     */
    static void forgetVanished(Path storage) throws IOException {
        if (!Files.isDirectory(storage)) {
            return;
        }
        try (Stream<Path> folders = Files.list(storage)) {
            for (Path folder : folders.toList()) {
                Path info = folder.resolve("bundle.info");
                if (Files.exists(info)) {
                    for (String line : Files.readAllLines(info)) {
                        if (line.startsWith(REFERENCE) && !Files.exists(Path.of(URI.create(line.substring(10))))) {
                            Trees.delete(folder);
                            break;
                        }
                    }
                }
            }
        }
    }

    private Bundle install(String jar, String location) throws BundleException {
        Bundle bundle = context.installBundle(location);
        if (bundle.getSymbolicName() == null) {
            bundle.uninstall();
            throw new BundleException(jar + " is not a bundle: its manifest has no Bundle-SymbolicName");
        }
        bundle.adapt(BundleStartLevel.class).setStartLevel(StartLevels.of(jar));
        if (bundle.getHeaders().get(Constants.FRAGMENT_HOST) == null) {
            bundle.start();
        }
        return bundle;
    }

    private void removeOthers(Collection<String> known, Set<String> wanted) throws BundleException {
        List<String> others = new ArrayList<>(new TreeSet<>(known));
        others.removeAll(wanted);
        Collections.reverse(others);
        for (String location : others) {
            Bundle bundle = context.getBundle(location);
            if (bundle != null) {
                bundle.uninstall();
            }
        }
    }

    private Map<String, String> readRecord() throws IOException {
        Map<String, String> known = new LinkedHashMap<>();
        if (Files.exists(record)) {
            for (String line : Files.readAllLines(record)) {
                int tab = line.indexOf('\t');
                if (tab > 0) {
                    known.put(line.substring(0, tab), line.substring(tab + 1));
                }
            }
        }
        return known;
    }

    private void writeRecord(Map<String, String> wanted) throws IOException {
        List<String> lines = new ArrayList<>();
        wanted.forEach((location, stamp) -> lines.add(location + "\t" + stamp));
        Files.write(record, lines);
    }
}
