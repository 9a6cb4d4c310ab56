package org.skein.cli.doctor;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.skein.config.settings.Assignment;
import org.skein.config.settings.CfgFile;
import org.skein.config.settings.InitFile;
import org.skein.config.settings.Problem;
import org.skein.config.settings.Setting;
import org.skein.config.settings.SettingsTable;

/**
 * The instance as its files show it.
 *
 * @param base its folder
 * @param home the distribution
 * @param settings what was set, as text, by name
 * @param problems what is wrong in its files
 * @param features those that start with the node
 * @param pid of the node that runs on it
 * @param ports open now, by name, as that node says
 */
record Instance(
        Path base,
        Path home,
        SettingsTable table,
        Map<String, String> settings,
        List<Problem> problems,
        Set<String> features,
        OptionalLong pid,
        Map<String, Integer> ports) {
    private static final Pattern PORT = Pattern.compile("\"([^\"]+)\":([0-9]+)");

    static Instance read(Path base, Path home) throws IOException {
        SettingsTable table = new SettingsTable.Builder()
                .addFile(home.resolve("share").resolve("settings.tsv"))
                .addJarsIn(home.resolve("bundles"))
                .addJarsIn(base.resolve("deploy"))
                .build();
        InitFile init = InitFile.read(base.resolve("etc").resolve("init.properties"), base, table);
        Map<String, String> settings = new LinkedHashMap<>();
        init.assignments().forEach((name, a) -> settings.put(name, a.text()));
        List<Problem> problems = new ArrayList<>(init.problems());
        cfgFiles(base, home, table, settings, problems);
        console(base.resolve("data/config/console.properties"), table, settings);
        return new Instance(
                base, home, table, settings, List.copyOf(problems), features(base, init), pid(base), ports(base));
    }

    private static void cfgFiles(
            Path base, Path home, SettingsTable table, Map<String, String> settings, List<Problem> problems)
            throws IOException {
        Map<String, String> known = Map.of("skein.base", base.toString(), "skein.home", home.toString());
        for (Path path : CfgFile.in(base.resolve("etc"))) {
            CfgFile file = CfgFile.read(path, base, table, known::get);
            file.entries()
                    .forEach((key, entry) ->
                            table.findByKey(file.pid(), key).ifPresent(s -> settings.put(s.name(), entry.text())));
            // The node may have been given more variables with -D: out here nobody knows what they stand for.
            file.problems().stream().filter(p -> !p.message().contains("${")).forEach(problems::add);
        }
    }

    /** Those that start with the node, as the launcher reads them: configured ones, then what was switched at the console. */
    private static Set<String> features(Path base, InitFile init) throws IOException {
        Assignment configured = init.assignments().get("features");
        Set<String> features = new TreeSet<>(configured == null ? List.of("core") : words(configured.text()));
        Path switched = base.resolve("data/features");
        for (String line : Files.exists(switched) ? Files.readAllLines(switched) : List.<String>of()) {
            if (line.startsWith("+")) {
                features.add(line.substring(1));
            } else if (line.startsWith("-")) {
                features.remove(line.substring(1));
            }
        }
        return features;
    }

    /** As {@code PID/key = T:text}, the values of a list with a line end between. */
    private static void console(Path file, SettingsTable table, Map<String, String> settings) throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        Properties properties = properties(file);
        for (String name : properties.stringPropertyNames()) {
            int slash = name.indexOf('/');
            String text = properties.getProperty(name);
            if (slash > 0 && text.length() >= 2) {
                table.findByKey(name.substring(0, slash), name.substring(slash + 1))
                        .ifPresent(s -> settings.put(s.name(), text.substring(2).replace('\n', ',')));
            }
        }
    }

    private static Properties properties(Path file) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        }
        return properties;
    }

    /** The number alone proves nothing: after a crash it may belong to any process. */
    private static OptionalLong pid(Path base) throws IOException {
        Path file = base.resolve("run/skein.pid");
        if (!Files.exists(file)) {
            return OptionalLong.empty();
        }
        String text = Files.readString(file).strip();
        Path commandLine = Path.of("/proc", text, "cmdline");
        if (!text.matches("[0-9]{1,18}") || !Files.isReadable(commandLine)) {
            return OptionalLong.empty();
        }
        List<String> words = List.of(Files.readString(commandLine).split("\0"));
        return words.contains("org.skein.launcher.Main") && words.contains(base.toString())
                ? OptionalLong.of(Long.parseLong(text))
                : OptionalLong.empty();
    }

    private static Map<String, Integer> ports(Path base) throws IOException {
        Map<String, Integer> ports = new HashMap<>();
        Path file = base.resolve("run/ports.json");
        if (Files.exists(file)) {
            Matcher found = PORT.matcher(Files.readString(file));
            while (found.find()) {
                ports.put(found.group(1), Integer.valueOf(found.group(2)));
            }
        }
        return ports;
    }

    boolean isRunning() {
        return pid.isPresent();
    }

    /** The value in effect, or what it would be: the default where none was set. */
    String setting(String name) {
        String set = settings.get(name);
        return set != null ? set : table.find(name).map(Setting::defaultValue).orElse("");
    }

    List<String> list(String name) {
        return words(setting(name));
    }

    private static List<String> words(String text) {
        return Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(s -> !s.isEmpty())
                .toList();
    }

    boolean isTrue(String name) {
        return List.of("true", "yes", "on").contains(setting(name).toLowerCase(java.util.Locale.ROOT));
    }

    /** Empty where the node of this distribution has no such setting. */
    Optional<Integer> port(String name) {
        String text = setting(name);
        return text.matches("-?[0-9]{1,5}") ? Optional.of(Integer.valueOf(text)) : Optional.empty();
    }

    /** By {@code cluster-mode}; where nobody set it, having the feature says it. */
    boolean isClustered() {
        return settings.containsKey("cluster-mode") ? isTrue("cluster-mode") : features.contains("cluster");
    }
}
