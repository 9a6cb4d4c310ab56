package org.skein.config.internal;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.skein.config.settings.NearestName;

/** Levels of loggers as keys of the logging PID, in the form of a Log4j 2 properties file. */
final class LogLevels {
    static final String PID = "org.ops4j.pax.logging";
    private static final String ROOT = "log4j2.rootLogger.level";
    private static final String LOGGER = "log4j2.logger.";
    private static final List<String> LEVELS = List.of("off", "error", "warn", "info", "debug", "trace", "all");
    private static final Map<String, String> AREAS = areas();

    private LogLevels() {}

    private static Map<String, String> areas() {
        Map<String, String> areas = new LinkedHashMap<>();
        areas.put("server", "org.skein");
        for (String area : List.of(
                "adhoc",
                "archive",
                "auth",
                "c2s",
                "cluster",
                "config",
                "console",
                "dashboard",
                "extcomp",
                "http",
                "im",
                "monitor",
                "muc",
                "net",
                "pubsub",
                "router",
                "s2s",
                "session",
                "storage",
                "xmpp")) {
            areas.put(area, "org.skein." + area);
        }
        areas.put("database", "org.skein.storage");
        return areas;
    }

    /**
     * The logger of a name used in {@code --debug}: an area, or a logger's own name with a dot in it.
     *
     * @throws IllegalArgumentException when there is no such area
     */
    static String loggerOf(String area) {
        String logger = AREAS.get(area.toLowerCase(Locale.ROOT));
        if (logger != null) {
            return logger;
        }
        if (area.indexOf('.') > 0) {
            return area;
        }
        throw new IllegalArgumentException("unknown area '" + area + "'"
                + NearestName.of(area, AREAS.keySet())
                        .map(n -> "; did you mean '" + n + "'?")
                        .orElse("") + " (areas: " + String.join(", ", AREAS.keySet()) + ")");
    }

    /** Checks the value of {@code --debug}. */
    static void check(Object areas) {
        for (String area : (String[]) areas) {
            loggerOf(area);
        }
    }

    /** The level as Log4j writes it. */
    static String level(String given) {
        if (!LEVELS.contains(given.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("unknown level '" + given + "'; levels: " + String.join(", ", LEVELS));
        }
        return given.toUpperCase(Locale.ROOT);
    }

    /** Keys that set a level, given the keys there are: a logger configured under some id keeps that id. */
    static Map<String, String> keys(Map<String, Value> present, String logger, String level) {
        if (logger.equals("root")) {
            return Map.of(ROOT, level);
        }
        String id = idOf(present, logger).orElseGet(() -> "x" + logger.replaceAll("[^A-Za-z0-9]", "_"));
        Map<String, String> keys = new TreeMap<>();
        keys.put(LOGGER + id + ".name", logger);
        keys.put(LOGGER + id + ".level", level);
        return keys;
    }

    private static Optional<String> idOf(Map<String, Value> present, String logger) {
        return present.entrySet().stream()
                .filter(e -> e.getKey().startsWith(LOGGER) && e.getKey().endsWith(".name"))
                .filter(e -> logger.equals(String.valueOf(e.getValue().value())))
                .map(e -> e.getKey().substring(LOGGER.length(), e.getKey().length() - ".name".length()))
                .findFirst();
    }

    /** Levels configured, by logger; the root is called {@code root}. */
    static Map<String, Value> levels(Map<String, Value> present) {
        Map<String, Value> levels = new TreeMap<>();
        Optional.ofNullable(present.get(ROOT)).ifPresent(v -> levels.put("root", v));
        present.forEach((key, value) -> {
            if (key.startsWith(LOGGER) && key.endsWith(".name")) {
                Value level = present.get(key.substring(0, key.length() - ".name".length()) + ".level");
                if (level != null) {
                    levels.put(String.valueOf(value.value()), level);
                }
            }
        });
        return levels;
    }

    static List<String> areaNames() {
        return List.copyOf(AREAS.keySet());
    }
}
