package org.skein.console.internal;

import java.nio.file.Path;
import org.osgi.framework.BundleContext;

/**
 * The folders of this node.
 *
 * @param base the instance
 * @param home the distribution
 */
record InstanceFolder(Path base, Path home) {
    static InstanceFolder of(BundleContext context) {
        String base = context.getProperty("skein.base");
        String home = context.getProperty("skein.home");
        Path folder = Path.of(base == null ? "." : base).toAbsolutePath().normalize();
        return new InstanceFolder(folder, home == null ? folder : Path.of(home));
    }

    Path run(String file) {
        return base.resolve("run").resolve(file);
    }

    /** How an operator calls the command line for this instance: {@code /opt/skein/bin/skein user add --base /srv/a}. */
    String commandLine(String command) {
        String script = quoted(home.resolve("bin").resolve("skein").toString());
        return script + " " + command + (base.equals(home) ? "" : " --base " + quoted(base.toString()));
    }

    private static String quoted(String text) {
        return text.matches("[A-Za-z0-9_./+:@%-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
