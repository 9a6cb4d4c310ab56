package org.skein.config.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.apache.felix.service.command.Descriptor;
import org.skein.config.settings.Problem;
import org.skein.config.settings.Setting;
import org.skein.config.settings.SettingType;
import org.skein.config.settings.SettingsTable;

/** {@code config:show}, {@code config:set}, {@code config:reset}, {@code config:reload}. */
public final class ConfigCommands {
    /** Waits until what was written is in effect. */
    interface Effect {
        void pass() throws IOException;
    }

    private final Configurator configurator;
    private final Effect fence;
    private final BiFunction<String, Object, String> refusal;

    /** @param refusal why the setting of a name cannot have a value now, or empty */
    ConfigCommands(Configurator configurator, Effect fence, BiFunction<String, Object, String> refusal) {
        this.configurator = configurator;
        this.fence = fence;
        this.refusal = refusal;
    }

    private void check(String name, Object value) {
        String reason = refusal.apply(name, value);
        if (!reason.isEmpty()) throw new IllegalArgumentException("'" + name + "': " + reason);
    }

    @Descriptor("shows every setting with its value and where the value comes from")
    public String show() {
        return show("");
    }

    @Descriptor("shows the settings whose name or PID contains a text")
    public String show(@Descriptor("part of a name, a PID or PID/key") String part) {
        String text = table(rows(part));
        return part.isEmpty() ? text : text + meanings(configurator.table(), part);
    }

    /** Name, value and source. */
    List<String[]> rows(String part) {
        SettingsTable table = configurator.table();
        Layer effective = configurator.effective();
        Set<String> shown = new HashSet<>();
        List<String[]> rows = new ArrayList<>();
        for (Setting s : table.all()) {
            Value value = effective.values(s.pid()).get(s.key());
            shown.add(s.pid() + "/" + s.key());
            if (!s.isPattern() && (s.name().contains(part) || s.pid().contains(part))) {
                rows.add(
                        value == null
                                ? new String[] {s.name(), s.defaultValue(), "default"}
                                : new String[] {s.name(), text(s, value.value()), source(value)});
            }
        }
        effective.forEach((pid, values) -> values.forEach((key, value) -> {
            String name = pid + "/" + key;
            boolean logging = pid.equals(LogLevels.PID) && value.source() != Source.CONSOLE && part.isEmpty();
            if (!shown.contains(name) && name.contains(part) && !logging) {
                rows.add(new String[] {name, text(value.value()), source(value)});
            }
        }));
        return rows;
    }

    private static String meanings(SettingsTable table, String part) {
        return table.all().stream()
                .filter(s -> s.name().contains(part) && !s.description().isEmpty())
                .map(s -> "\n" + s.name() + ": " + s.description())
                .collect(Collectors.joining());
    }

    /** Values with blanks arrive as several words. */
    @Descriptor("sets a setting on this node, above all files, and keeps it")
    public String set(
            @Descriptor("name as in init.properties without dashes, or PID/key") String name,
            @Descriptor("value") String[] words)
            throws IOException {
        if (words.length == 0) {
            throw new IllegalArgumentException("which value?");
        }
        String bare = name.startsWith("--") ? name.substring(2) : name;
        int slash = bare.indexOf('/');
        if (slash > 0) {
            String pid = bare.substring(0, slash);
            String key = bare.substring(slash + 1);
            String text = String.join(" ", words);
            configurator.table().wrongKey(pid, key).ifPresent(wrong -> {
                throw new IllegalArgumentException(pid + ": " + wrong);
            });
            Optional<Setting> known = configurator.table().findByKey(pid, key);
            Object value = known.isPresent() ? known.get().type().convert(text, configurator.base()) : text;
            known.ifPresent(s -> check(s.name(), value));
            configurator.set(Map.of(pid, Map.of(key, value)));
            fence.pass();
            return bare + " = " + text(value);
        }
        Setting setting = find(bare);
        String text = String.join(setting.type().kind() == SettingType.Kind.LIST ? "," : " ", words);
        Object value;
        try {
            value = setting.type().convert(text, configurator.base());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + bare + "': " + e.getMessage(), e);
        }
        check(setting.name(), value);
        if (setting.name().equals("debug")) {
            LogLevels.check(value);
            for (String area : (String[]) value) {
                configurator.set(Map.of(
                        LogLevels.PID,
                        Map.copyOf(LogLevels.keys(
                                configurator.effective().values(LogLevels.PID), LogLevels.loggerOf(area), "DEBUG"))));
            }
        }
        configurator.set(Map.of(setting.pid(), Map.of(setting.key(), value)));
        fence.pass();
        return setting.name() + " = " + text(setting, value);
    }

    @Descriptor("takes back what was set at the console")
    public String reset(@Descriptor("a name as in init.properties, or PID/key") String name) throws IOException {
        String bare = name.startsWith("--") ? name.substring(2) : name;
        int slash = bare.indexOf('/');
        String pid = slash > 0 ? bare.substring(0, slash) : find(bare).pid();
        String key = slash > 0 ? bare.substring(slash + 1) : find(bare).key();
        if (!configurator.reset(pid, List.of(key))) {
            throw new IllegalArgumentException("'" + bare + "' was not set at the console");
        }
        fence.pass();
        Value now = configurator.effective().values(pid).get(key);
        return bare + (now == null ? ": default" : " = " + text(now.value()) + " (" + source(now) + ")");
    }

    @Descriptor("reads init.properties and etc/*.cfg now")
    public String reload() throws IOException {
        List<Problem> problems = configurator.reload();
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(
                    problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        }
        fence.pass();
        return "applied";
    }

    /** For completion. */
    public List<String> __names() {
        return configurator.table().all().stream().map(Setting::name).toList();
    }

    private Setting find(String name) {
        SettingsTable table = configurator.table();
        return table.find(name).orElseThrow(() -> new IllegalArgumentException(table.unknown(name)));
    }

    static String source(Value value) {
        return value.source() == Source.CONSOLE ? Source.CONSOLE.label() : value.origin();
    }

    /** A database URI may hold a password, which no screen needs. */
    private static String text(Setting setting, Object value) {
        return setting.name().contains("password") || setting.name().contains("secret") ? "******" : text(value);
    }

    private static String text(Object value) {
        String plain = value instanceof Object[] array
                ? Arrays.stream(array).map(String::valueOf).collect(Collectors.joining(","))
                : String.valueOf(value);
        return plain.replaceAll("(?i)(password=)[^&;]*", "$1******");
    }

    private static String table(List<String[]> rows) {
        int name = rows.stream().mapToInt(r -> r[0].length()).max().orElse(0);
        int value =
                Math.min(48, rows.stream().mapToInt(r -> r[1].length()).max().orElse(0));
        return rows.stream()
                .map(r ->
                        String.format("%-" + Math.max(1, name) + "s  %-" + Math.max(1, value) + "s  %s", (Object[]) r))
                .collect(Collectors.joining("\n"));
    }
}
