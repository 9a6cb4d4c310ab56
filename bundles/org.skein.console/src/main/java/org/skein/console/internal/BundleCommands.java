package org.skein.console.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.felix.service.command.Descriptor;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.wiring.FrameworkWiring;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * {@code install}, {@code start}, {@code stop}, {@code update}, {@code uninstall}, {@code refresh}. Gogo's own print
 * their failures as if they were results and come back before wires are made anew; these fail, and return when done.
 * Bundles go by number or symbolic name.
 */
@Component(
        service = BundleCommands.class,
        property = {
            "osgi.command.scope=skein",
            "osgi.command.function=install",
            "osgi.command.function=start",
            "osgi.command.function=stop",
            "osgi.command.function=update",
            "osgi.command.function=uninstall",
            "osgi.command.function=refresh",
            "osgi.command.function=__bundles"
        })
public final class BundleCommands {
    private static final long REFRESH_S = 30;

    private final BundleContext context;

    @Activate
    public BundleCommands(BundleContext context) {
        this.context = context.getBundle(0).getBundleContext();
    }

    @Descriptor("installs bundles from URLs (file:/path/to.jar)")
    public String install(@Descriptor("URLs") String[] urls) throws BundleException {
        need(urls);
        List<String> ids = new ArrayList<>();
        for (String url : urls) {
            ids.add(Long.toString(installed(url).getBundleId()));
        }
        return "Bundle ID: " + String.join(", ", ids);
    }

    @Descriptor("starts bundles; a URL is installed first")
    public String start(@Descriptor("numbers, symbolic names or URLs") String[] bundles) throws BundleException {
        need(bundles);
        List<Bundle> started = new ArrayList<>();
        for (String name : bundles) {
            Bundle bundle = name.indexOf(':') > 0 ? installed(name) : find(name);
            bundle.start();
            started.add(bundle);
        }
        return describe("started", started);
    }

    @Descriptor("stops bundles, also for the next start of the node")
    public String stop(@Descriptor("numbers or symbolic names") String[] bundles) throws BundleException {
        List<Bundle> found = findAll(bundles);
        for (Bundle bundle : found) {
            bundle.stop();
        }
        return describe("stopped", found);
    }

    @Descriptor("loads a bundle anew from where it was installed")
    public String update(@Descriptor("number or symbolic name") String bundle) throws Exception {
        Bundle found = find(bundle);
        found.update();
        return refreshed("updated", List.of(found));
    }

    @Descriptor("replaces a bundle by what is at a URL")
    public String update(@Descriptor("number or symbolic name") String bundle, @Descriptor("URL") String url)
            throws Exception {
        Bundle found = find(bundle);
        try (var in = java.net.URI.create(url).toURL().openStream()) {
            found.update(in);
        }
        return refreshed("updated", List.of(found));
    }

    @Descriptor("removes bundles")
    public String uninstall(@Descriptor("numbers or symbolic names") String[] bundles) throws Exception {
        List<Bundle> found = findAll(bundles);
        for (Bundle bundle : found) {
            bundle.uninstall();
        }
        return refreshed("uninstalled", found);
    }

    @Descriptor("makes the wires of bundles anew; all that need it where none is named")
    public String refresh(@Descriptor("numbers or symbolic names") String[] bundles) throws Exception {
        return refreshed("refreshed", bundles.length == 0 ? List.of() : findAll(bundles));
    }

    /** For completion. */
    public List<String> __bundles() {
        return Arrays.stream(context.getBundles())
                .map(Bundle::getSymbolicName)
                .filter(Objects::nonNull)
                .sorted()
                .toList();
    }

    private Bundle installed(String url) throws BundleException {
        Set<Long> before =
                Arrays.stream(context.getBundles()).map(Bundle::getBundleId).collect(Collectors.toSet());
        Bundle bundle = context.installBundle(url);
        if (before.contains(bundle.getBundleId())) {
            throw new BundleException(url + " is installed already as bundle " + bundle.getBundleId());
        }
        bundle.adapt(BundleStartLevel.class);
        return bundle;
    }

    private String refreshed(String done, List<Bundle> bundles) throws InterruptedException {
        CountDownLatch refreshed = new CountDownLatch(1);
        context.getBundle(0).adapt(FrameworkWiring.class).refreshBundles(bundles.isEmpty() ? null : bundles, event -> {
            if (event.getType() == FrameworkEvent.PACKAGES_REFRESHED) {
                refreshed.countDown();
            }
        });
        if (!refreshed.await(REFRESH_S, TimeUnit.SECONDS)) {
            throw new IllegalStateException("not all bundles were wired anew within " + REFRESH_S + " s");
        }
        return describe(done, bundles);
    }

    private static String describe(String done, List<Bundle> bundles) {
        return bundles.stream()
                .map(b -> done + " " + b.getBundleId() + " " + b.getSymbolicName() + " " + b.getVersion())
                .collect(Collectors.joining("\n"));
    }

    private List<Bundle> findAll(String[] names) {
        need(names);
        return Arrays.stream(names).map(this::find).toList();
    }

    private static void need(String[] words) {
        if (words.length == 0) {
            throw new IllegalArgumentException("which bundle? give its number or symbolic name ('lb' lists them)");
        }
    }

    private Bundle find(String name) {
        Bundle found = name.matches("[0-9]+")
                ? context.getBundle(Long.parseLong(name))
                : Arrays.stream(context.getBundles())
                        .filter(b -> name.equals(b.getSymbolicName()))
                        .max(Comparator.comparing(Bundle::getVersion))
                        .orElse(null);
        if (found == null) {
            throw new IllegalArgumentException("no bundle '" + name + "'; 'lb' lists them");
        }
        return found;
    }
}
