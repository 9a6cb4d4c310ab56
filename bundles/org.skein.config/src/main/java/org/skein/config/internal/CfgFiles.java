package org.skein.config.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.skein.config.settings.CfgFile;
import org.skein.config.settings.Problem;
import org.skein.config.settings.SettingsTable;

/** The {@code etc/PID.cfg} files of the instance, taken together; variables are framework and system properties. */
final class CfgFiles {
    private final Path folder;
    private final Path base;
    private final UnaryOperator<String> variables;

    CfgFiles(Path folder, Path base, UnaryOperator<String> variables) {
        this.folder = folder;
        this.base = base;
        this.variables = variables;
    }

    /** The files there are, in the order of their names. */
    List<Path> files() throws IOException {
        return CfgFile.in(folder);
    }

    /** Reads them all; what is wrong goes to {@code problems}. */
    Layer read(SettingsTable table, List<Problem> problems) throws IOException {
        Layer layer = new Layer();
        for (Path path : files()) {
            CfgFile file = CfgFile.read(path, base, table, variables);
            String shown = base.relativize(path).toString();
            file.entries()
                    .forEach((key, entry) -> layer.put(file.pid(), key, new Value(entry.value(), Source.CFG, shown)));
            problems.addAll(file.problems());
        }
        return layer;
    }
}
