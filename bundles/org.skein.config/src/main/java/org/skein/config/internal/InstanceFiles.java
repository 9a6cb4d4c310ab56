package org.skein.config.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.skein.config.settings.Assignment;
import org.skein.config.settings.InitFile;
import org.skein.config.settings.Problem;
import org.skein.config.settings.SettingsTable;

/** What the files of an instance say, read as a whole: either all of it is right, or the problems are listed. */
final class InstanceFiles {
    private final Path base;
    private final boolean offline;
    private final CfgFiles cfg;

    InstanceFiles(Path base, boolean offline, UnaryOperator<String> variables) {
        this.base = base;
        this.offline = offline;
        this.cfg = new CfgFiles(base.resolve("etc"), base, variables);
    }

    /** One reading of all files. */
    record Reading(Layer layer, List<Problem> problems, List<Problem> warnings) {}

    Path base() {
        return base;
    }

    Path initFile() {
        return base.resolve("etc").resolve("init.properties");
    }

    Reading read(SettingsTable table) throws IOException {
        InitFile init = InitFile.read(initFile(), base, table);
        List<Problem> problems = new ArrayList<>(init.problems());
        Layer layer = logging();
        for (Assignment a : init.assignments().values()) {
            layer.put(a.setting().pid(), a.setting().key(), new Value(a.value(), Source.INIT, a.origin()));
        }
        layer.cover(cfg.read(table, problems));
        debug(init.assignments().get("debug"), layer, problems);
        if (offline) {
            closePorts(table, layer);
        }
        return new Reading(layer, List.copyOf(problems), init.warnings());
    }

    /** The logging that rules where there is no {@code etc/org.ops4j.pax.logging.cfg}. */
    private Layer logging() throws IOException {
        Layer layer = new Layer();
        if (!Files.exists(base.resolve("etc").resolve(LogLevels.PID + ".cfg"))) {
            Properties p = new Properties();
            try (var in = InstanceFiles.class.getResourceAsStream("logging.properties")) {
                p.load(in);
            }
            for (String key : p.stringPropertyNames()) {
                String text = p.getProperty(key).replace("${skein.base}", base.toString());
                layer.put(LogLevels.PID, key, new Value(text, Source.INIT, "default"));
            }
        }
        return layer;
    }

    private static void debug(Assignment debug, Layer layer, List<Problem> problems) {
        if (debug == null) {
            return;
        }
        for (String area : (String[]) debug.value()) {
            try {
                LogLevels.keys(layer.values(LogLevels.PID), LogLevels.loggerOf(area), "DEBUG")
                        .forEach((key, value) ->
                                layer.put(LogLevels.PID, key, new Value(value, Source.INIT, debug.origin())));
            } catch (IllegalArgumentException e) {
                int colon = debug.origin().lastIndexOf(':');
                problems.add(new Problem(
                        debug.origin().substring(0, colon),
                        Integer.parseInt(debug.origin().substring(colon + 1)),
                        "'debug': " + e.getMessage()));
            }
        }
    }

    /** A node that only serves an operator's command listens nowhere. */
    private static void closePorts(SettingsTable table, Layer layer) {
        table.all().stream()
                .filter(s -> s.type().kind() == org.skein.config.settings.SettingType.Kind.PORT)
                .forEach(s -> layer.put(s.pid(), s.key(), new Value(-1, Source.INIT, "offline")));
    }

    /** What changes when an operator edits: names, times and sizes of the files. */
    Map<Path, String> fingerprint() throws IOException {
        List<Path> files = new ArrayList<>(cfg.files());
        files.add(initFile());
        Map<Path, String> print = new TreeMap<>();
        for (Path file : files) {
            if (Files.exists(file)) {
                print.put(file, Files.getLastModifiedTime(file) + " " + Files.size(file));
            }
        }
        return print;
    }
}
