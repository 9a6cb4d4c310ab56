package org.skein.adhoc.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says at the start of a node that has scripts and nothing that runs them what is missing. */
@Component(
        service = {},
        immediate = true)
public final class IdleScripts {
    private static final Logger log = LoggerFactory.getLogger(IdleScripts.class);
    private static final String RUNS_THEM = "org.skein.adhoc.groovy";

    @Activate
    public IdleScripts(BundleContext context) {
        String base = context.getProperty("skein.base");
        boolean isEngineThere =
                Arrays.stream(context.getBundles()).anyMatch(b -> RUNS_THEM.equals(b.getSymbolicName()));
        if (base == null || isEngineThere) return;
        List<String> files = in(Path.of(base).resolve("scripts"));
        if (!files.isEmpty()) log.info("what=scripts_idle files={} reason=\"feature scripts is not installed\"", files);
    }

    /** The names of the scripts in a folder. */
    static List<String> in(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString())
                    .filter(n -> n.endsWith(".groovy"))
                    .sorted()
                    .toList();
        } catch (IOException e) { // no folder, no scripts
            return List.of();
        }
    }
}
