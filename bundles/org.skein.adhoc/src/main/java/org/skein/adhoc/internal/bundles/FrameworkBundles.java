package org.skein.adhoc.internal.bundles;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.framework.wiring.FrameworkWiring;
import org.skein.api.monitor.HealthCheck.Health;

/**
 * Bundles with the location {@code shared:NAME}, which the framework remembers. Beside it is remembered the jar with its
 * checksum, in a folder; the checksum is written when all is well and taken away before anything is changed.
 */
final class FrameworkBundles implements NodeBundles {
    static final String LOCATION = "shared:";

    /** How the launcher installs what the server consists of. */
    private static final String DISTRIBUTION = "reference:file:";

    private static final int REFRESH_SECONDS = 20;
    private static final Pattern PACKAGE = Pattern.compile("\\(osgi\\.wiring\\.package=([^)]+)\\)");

    private final BundleContext context;
    private final Path folder;
    private final Vitals vitals;

    FrameworkBundles(BundleContext context, Path folder, Vitals vitals) {
        this.context = context;
        this.folder = folder;
        this.vitals = vitals;
    }

    @Override
    public Set<String> names() {
        Set<String> names = new TreeSet<>();
        for (Bundle bundle : context.getBundles()) {
            if (bundle.getLocation().startsWith(LOCATION)) {
                names.add(bundle.getLocation().substring(LOCATION.length()));
            }
        }
        return names;
    }

    private Optional<Bundle> bundle(String name) {
        return Optional.ofNullable(context.getBundle(LOCATION + name));
    }

    @Override
    public Optional<String> checksum(String name) {
        if (bundle(name).isEmpty() || !Files.exists(record(name))) return Optional.empty();
        try {
            return Optional.of(Files.readString(record(name)));
        } catch (IOException e) {
            return Optional.empty(); // then it is put there anew
        }
    }

    @Override
    public boolean isAsItShouldBe(String name) {
        Optional<Bundle> there = bundle(name);
        return there.isPresent()
                && (there.get().getState() >= Bundle.STARTING
                        || !there.get().adapt(BundleStartLevel.class).isPersistentlyStarted());
    }

    @Override
    public Optional<String> version(String name) {
        return bundle(name).map(b -> b.getVersion().toString());
    }

    @Override
    public Optional<byte[]> content(String name) {
        Optional<String> checksum = checksum(name);
        if (checksum.isEmpty()) return Optional.empty();
        try {
            return Optional.of(Files.readAllBytes(jar(name)))
                    .filter(jar -> BundleFile.sha256(jar).equals(checksum.get()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private Path record(String name) {
        return folder.resolve(name + ".sha256");
    }

    private Path jar(String name) {
        return folder.resolve(name + ".jar");
    }

    @Override
    public String put(String name, byte[] jar, String sha256) throws BundleProblem {
        refuseOthers(name);
        Map<String, Health> before = vitals.look();
        forget(name);
        Bundle bundle = placed(name, jar);
        List<String> missing = missing(bundle);
        if (!missing.isEmpty()) {
            throw new BundleProblem("it needs what is not there: " + String.join(", ", missing));
        }
        try {
            bundle.start();
        } catch (BundleException e) {
            throw new BundleProblem("it does not start: " + reason(e), e);
        }
        String note = vitals.assertWell(bundle, before);
        remember(name, jar, sha256);
        return note;
    }

    private void refuseOthers(String name) throws BundleProblem {
        for (Bundle other : context.getBundles()) {
            boolean isOurs = other.getLocation().equals(LOCATION + name);
            if (!name.equals(other.getSymbolicName()) || isOurs) continue;
            boolean isServers = other.getLocation().startsWith(DISTRIBUTION);
            throw new BundleProblem(
                    "there is a bundle " + name + " that came otherwise (id " + other.getBundleId() + ", "
                            + other.getLocation() + "): "
                            + (isServers ? "it belongs to the server" : "uninstall that one first"));
        }
    }

    private Bundle placed(String name, byte[] jar) throws BundleProblem {
        try {
            Optional<Bundle> there = bundle(name);
            Bundle bundle;
            if (there.isPresent()) {
                bundle = there.get();
                bundle.stop();
                bundle.update(new ByteArrayInputStream(jar));
                refresh(bundle);
            } else {
                bundle = context.installBundle(LOCATION + name, new ByteArrayInputStream(jar));
            }
            if (!name.equals(bundle.getSymbolicName())) {
                throw new BundleProblem("it is called " + bundle.getSymbolicName() + ", not " + name);
            }
            return bundle;
        } catch (BundleException e) {
            throw new BundleProblem("it cannot be installed: " + reason(e), e);
        }
    }

    @Override
    public void remove(String name) throws BundleProblem {
        Optional<Bundle> bundle = bundle(name);
        Map<String, Health> before = vitals.look();
        forget(name);
        try {
            Files.deleteIfExists(jar(name));
            if (bundle.isEmpty()) return;
            bundle.get().uninstall();
            refresh(bundle.get());
        } catch (BundleException | IOException e) {
            throw new BundleProblem("it cannot be uninstalled: " + reason(e), e);
        }
        vitals.assertWell(before);
    }

    /** Who is wired to what was there is wired anew. */
    private void refresh(Bundle bundle) throws BundleProblem {
        FrameworkWiring wiring = context.getBundle(Constants.SYSTEM_BUNDLE_ID).adapt(FrameworkWiring.class);
        if (!wiring.getRemovalPendingBundles().contains(bundle)) return;
        CountDownLatch done = new CountDownLatch(1);
        wiring.refreshBundles(List.of(bundle), event -> done.countDown());
        try {
            if (!done.await(REFRESH_SECONDS, TimeUnit.SECONDS)) {
                throw new BundleProblem("who uses it was not wired anew within " + REFRESH_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            throw new BundleProblem("that took too long", e);
        }
    }

    /** What it requires and nobody has, packages by their name. */
    private List<String> missing(Bundle bundle) {
        FrameworkWiring wiring = context.getBundle(Constants.SYSTEM_BUNDLE_ID).adapt(FrameworkWiring.class);
        List<String> missing = new ArrayList<>();
        for (BundleRequirement needed : bundle.adapt(BundleRevision.class).getDeclaredRequirements(null)) {
            boolean isNeeded = !Constants.RESOLUTION_OPTIONAL.equals(directive(needed, Constants.RESOLUTION_DIRECTIVE))
                    && !PackageNamespace.RESOLUTION_DYNAMIC.equals(directive(needed, Constants.RESOLUTION_DIRECTIVE))
                    && Constants.EFFECTIVE_RESOLVE.equals(directive(needed, Constants.EFFECTIVE_DIRECTIVE));
            if (isNeeded && wiring.findProviders(needed).isEmpty()) missing.add(words(needed));
        }
        return missing;
    }

    private static String directive(BundleRequirement of, String name) {
        String missing = name.equals(Constants.EFFECTIVE_DIRECTIVE) ? Constants.EFFECTIVE_RESOLVE : "";
        return of.getDirectives().getOrDefault(name, missing);
    }

    private static String words(BundleRequirement needed) {
        String filter = needed.getDirectives().getOrDefault(Constants.FILTER_DIRECTIVE, "");
        Matcher name = PACKAGE.matcher(filter);
        return name.find()
                ? "package " + name.group(1) + (filter.contains("version") ? " " + filter : "")
                : needed.getNamespace() + " " + filter;
    }

    private static String reason(Exception e) {
        Throwable root = e;
        while (root.getCause() != null) root = root.getCause();
        return root == e || root.getMessage() == null ? root.toString() : e.getMessage() + " " + root;
    }

    private void forget(String name) throws BundleProblem {
        try {
            Files.deleteIfExists(record(name));
        } catch (IOException e) {
            throw new BundleProblem("nothing can be written to " + folder + ": " + e, e);
        }
    }

    private void remember(String name, byte[] jar, String sha256) throws BundleProblem {
        try {
            Files.createDirectories(folder);
            written(jar(name), jar);
            written(record(name), sha256.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new BundleProblem("nothing can be written to " + folder + ": " + e, e);
        }
    }

    private void written(Path file, byte[] content) throws IOException {
        Path whole = folder.resolve(file.getFileName() + ".new");
        Files.write(whole, content);
        Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
