package org.skein.config.settings;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One line of a {@code SKEIN-INF/settings.tsv}: a name of {@code etc/init.properties} and where its value goes.
 *
 * <p>A name may end in {@code -N} (a number, {@code comp-class-N}) or hold one {@code *} (anything, {@code
 * tls-cert-*}); what stood there replaces the {@code N} or {@code *} in the key.
 *
 * @param name the name without the leading dashes
 * @param pid the Configuration Admin PID
 * @param key the property of that PID
 * @param type how the text is read
 * @param defaultValue the default, for people; the component has its own
 * @param description one sentence for people
 */
public record Setting(String name, String pid, String key, SettingType type, String defaultValue, String description) {

    /** Reads a line of a table: six fields with a tab between, of which the last two may be missing. */
    public static Setting parse(String line) {
        String[] f = line.split("\t", -1);
        if (f.length < 4 || f[0].isBlank() || f[1].isBlank() || f[2].isBlank()) {
            throw new IllegalArgumentException("expected name, pid, key, type, default, description; found: " + line);
        }
        String name = f[0].strip();
        SettingType type = SettingType.parse(f[3].strip());
        if (type.kind() == SettingType.Kind.INT && (name.equals("port") || name.endsWith("-port"))) {
            type = SettingType.parse("port");
        }
        return new Setting(
                name,
                f[1].strip(),
                f[2].strip(),
                type,
                f.length > 4 ? f[4].strip() : "",
                f.length > 5 ? f[5].strip() : "");
    }

    /** Whether the name stands for many. */
    public boolean isPattern() {
        return name.endsWith("-N") || name.indexOf('*') >= 0;
    }

    /** This setting for a concrete name, with the variable part put into the key; empty if the name is another. */
    public Optional<Setting> match(String given) {
        if (!isPattern()) {
            return given.equals(name) ? Optional.of(this) : Optional.empty();
        }
        boolean numbered = name.endsWith("-N");
        String regex = numbered
                ? Pattern.quote(name.substring(0, name.length() - 1)) + "([0-9]+)"
                : Pattern.quote(name.substring(0, name.indexOf('*'))) + "(.+)"
                        + Pattern.quote(name.substring(name.indexOf('*') + 1));
        Matcher m = Pattern.compile(regex).matcher(given);
        if (!m.matches()) {
            return Optional.empty();
        }
        String concrete = numbered
                ? key.substring(0, key.lastIndexOf('N')) + m.group(1) + key.substring(key.lastIndexOf('N') + 1)
                : key.replace("*", m.group(1));
        return Optional.of(new Setting(given, pid, concrete, type, defaultValue, description));
    }
}
