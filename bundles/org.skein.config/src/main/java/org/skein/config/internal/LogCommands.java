package org.skein.config.internal;

import java.io.IOException;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.felix.service.command.Descriptor;

/** {@code log:levels} and {@code log:level}: what is logged, changed without a restart. */
public final class LogCommands {
    private final Configurator configurator;
    private final ConfigCommands.Effect fence;

    LogCommands(Configurator configurator, ConfigCommands.Effect fence) {
        this.configurator = configurator;
        this.fence = fence;
    }

    @Descriptor("shows the level of every logger that has one of its own")
    public String levels() {
        return LogLevels.levels(configurator.effective().values(LogLevels.PID)).entrySet().stream()
                .map(e -> String.format(
                        "%-40s %-6s %s",
                        e.getKey(),
                        e.getValue().value(),
                        e.getValue().source() == Source.CONSOLE
                                ? Source.CONSOLE.label()
                                : e.getValue().origin()))
                .collect(Collectors.joining("\n"));
    }

    /** For completion. */
    public java.util.List<String> __areas() {
        return LogLevels.areaNames();
    }

    @Descriptor("shows the levels")
    public String level() {
        return levels();
    }

    @Descriptor("shows the level of a logger or area")
    public String level(@Descriptor("an area as in --debug, a logger, or root") String logger) {
        String name = name(logger);
        Value own =
                LogLevels.levels(configurator.effective().values(LogLevels.PID)).get(name);
        return name + " " + (own == null ? "inherited" : own.value());
    }

    @Descriptor("sets the level of a logger or area; 'default' takes it back")
    public String level(
            @Descriptor("an area as in --debug, a logger, or root") String logger,
            @Descriptor("off, error, warn, info, debug, trace, all or default") String level)
            throws IOException {
        String name = name(logger);
        Map<String, Value> present = configurator.effective().values(LogLevels.PID);
        if (level.equals("default")) {
            configurator.reset(
                    LogLevels.PID, LogLevels.keys(present, name, "INFO").keySet());
            fence.pass();
            return level(logger);
        }
        configurator.set(Map.of(LogLevels.PID, Map.copyOf(LogLevels.keys(present, name, LogLevels.level(level)))));
        fence.pass();
        return level(logger);
    }

    static String name(String logger) {
        return logger.equals("root") ? "root" : LogLevels.loggerOf(logger);
    }
}
